import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isMissing } from "../lib/is-missing.ts";

/** As `/proc/net/tcp` writes the state of a socket that listens. */
const LISTENS = "0A";

/** The ports on which this process listens; `undefined` where that cannot be told. */
export function listeningPorts(): readonly number[] | undefined {
  try {
    return process.platform === "linux" ? linuxPorts() : otherPorts();
  } catch {
    // Nothing of /proc, or no lsof: the caller has to think the worst.
    return undefined;
  }
}

function linuxPorts(): readonly number[] {
  const own = new Set(readdirSync("/proc/self/fd").flatMap((name) => socketOf(`/proc/self/fd/${name}`) ?? []));
  const rows = ["/proc/self/net/tcp", "/proc/self/net/tcp6"].flatMap((path) => readTable(path));
  const ports = rows.flatMap(([, local = "", , state, , , , , , socket = ""]) =>
    state === LISTENS && own.has(socket) ? Number.parseInt(local.split(":")[1] ?? "", 16) : [],
  );
  return [...new Set(ports)];
}

/** The rows of a table of connections. There is no `tcp6` where IPv6 is off. */
function readTable(path: string): readonly (readonly string[])[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/));
  } catch (error) {
    if (path.endsWith("6") && isMissing(error)) return [];
    throw error;
  }
}

/** The number of the socket that a descriptor is. */
function socketOf(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    // Closed in the meantime.
    return undefined;
  }
}

function otherPorts(): readonly number[] {
  const { stdout, exitCode } = Bun.spawnSync(
    ["/usr/sbin/lsof", "-nP", "-a", "-p", String(process.pid), "-iTCP", "-sTCP:LISTEN", "-Fn"],
    { stderr: "ignore" },
  );
  // It exits with 1 where it finds nothing.
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`lsof ended with ${exitCode}.`);
  return stdout
    .toString()
    .split("\n")
    .flatMap((line) => (line.startsWith("n") ? Number(line.slice(line.lastIndexOf(":") + 1)) : []));
}
