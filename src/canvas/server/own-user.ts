import { readFile } from "node:fs/promises";

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
  const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(readTable));
  return clientUser(tables.join("\n"), connection) === process.getuid();
}

/** @returns the number of the user whose process is the client; `undefined` where the table does not tell */
export function clientUser(table: string, connection: Connection): number | undefined {
  const { clientAddress, clientPort, serverPort } = connection;
  if (clientAddress !== "127.0.0.1" && clientAddress !== "::ffff:127.0.0.1") return undefined;
  for (const line of table.split("\n")) {
    const [, local, remote, state, , , , user] = line.trim().split(/\s+/);
    const isIt = LOOPBACK.some((host) => local === end(host, clientPort) && remote === end(host, serverPort));
    if (isIt && state === ESTABLISHED && /^\d+$/.test(user ?? "")) return Number(user);
  }
  return undefined;
}

function end(host: string, port: number): string {
  return `${host}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** There is none on other systems; no `tcp6` where IPv6 is off. */
async function readTable(path: string): Promise<string> {
  return await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}
