import { readdir, readFile, readlink } from "node:fs/promises";
import { isMissing } from "../../lib/is-missing.ts";

/** Who is at the other end of a request. */
export interface Connection {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverPort: number;
}

/** 127.0.0.1 as `/proc/net/tcp` writes it, and as `tcp6` does for a client that speaks IPv4 over a socket of IPv6. */
const LOOPBACK = ["0100007F", "0000000000000000FFFF00000100007F"];
/** Of a socket that its process has closed the table names root as the owner. */
const ESTABLISHED = "01";

/**
 * Whether a process of this process's user is at the other end, as Linux's table of connections has it. For the time
 * of a request only: a port is another's as soon as the connection is gone.
 *
 * @throws Error when there is a table, and it cannot be read
 */
export async function isOwnUser(connection: Connection): Promise<boolean> {
  if (process.getuid === undefined) return false;
  return clientUser(await readTables(), connection) === process.getuid();
}

/**
 * The process at the other end, where Linux tells: not of another user's, and not at the far end of a forwarded port.
 *
 * @throws Error when there is a table, and it cannot be read
 */
export async function clientProcess(connection: Connection): Promise<number | undefined> {
  const { socket } = clientRow(await readTables(), connection) ?? {};
  if (socket === undefined || socket === "0") return undefined;
  const names = await readdir("/proc");
  const found = await Promise.all(names.map(async (name) => /^\d+$/.test(name) && (await holds(name, socket))));
  const index = found.indexOf(true);
  return index === -1 ? undefined : Number(names[index]);
}

async function holds(pid: string, socket: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // Another user's, or gone.
  const descriptors = await readdir(folder).catch(() => []);
  const links = await Promise.all(descriptors.map(async (name) => await readlink(`${folder}/${name}`).catch(() => "")));
  return links.includes(`socket:[${socket}]`);
}

async function readTables(): Promise<string> {
  return (await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(readTable))).join("\n");
}

/** @returns the number of the user whose process is the client; `undefined` where the table does not tell */
export function clientUser(table: string, connection: Connection): number | undefined {
  return clientRow(table, connection)?.user;
}

function clientRow(table: string, connection: Connection): { user: number; socket: string } | undefined {
  const { clientAddress, clientPort, serverPort } = connection;
  if (clientAddress !== "127.0.0.1" && clientAddress !== "::ffff:127.0.0.1") return undefined;
  for (const line of table.split("\n")) {
    const [, local, remote, state, , , , user = "", , socket = ""] = line.trim().split(/\s+/);
    const isIt = LOOPBACK.some((host) => local === end(host, clientPort) && remote === end(host, serverPort));
    if (isIt && state === ESTABLISHED && /^\d+$/.test(user)) return { user: Number(user), socket };
  }
  return undefined;
}

function end(host: string, port: number): string {
  return `${host}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** There is none on other systems; no `tcp6` where IPv6 is off. */
async function readTable(path: string): Promise<string> {
  return await readFile(path, "utf8").catch((error: unknown) => {
    if (isMissing(error)) return "";
    throw error;
  });
}
