import { readFileSync, readlinkSync } from "node:fs";
import { ulid } from "ulid";
import { liveInstances } from "./live-instances.ts";
import { startTimeOf, systemProcessTable, type ProcessTable } from "./process-table.ts";

/** Who owns a record: one plugin instance in one process of one boot. */
export interface SupervisorIdentity {
  readonly pid: number;
  /** Empty where it could not be read: the pid alone tells then. */
  readonly startTime: string;
  /** The boot, and on Linux the pid namespace: a pid means nothing outside of both. */
  readonly bootId: string;
  /** The plugin instance: one process may hold several. */
  readonly token: string;
}

/** A new identity for a plugin instance of this process. */
export function createIdentity(table: ProcessTable = systemProcessTable()): SupervisorIdentity {
  return {
    pid: process.pid,
    startTime: startTimeOf(process.pid, table),
    bootId: readBootId(),
    token: ulid(),
  };
}

/**
 * Whether the owner of a record still lives.
 *
 * @returns `undefined` when that cannot be judged from here: another boot, machine or pid namespace
 * @throws UnreadableTable when nobody can be seen just now
 */
export function isAlive(owner: SupervisorIdentity, table: ProcessTable = systemProcessTable()): boolean | undefined {
  if (owner.bootId !== readBootId()) return undefined;
  const found = table.find(owner.pid);
  if (found === undefined || found.isZombie) return false;
  if (owner.startTime !== "" && found.startTime !== owner.startTime) return false;
  return owner.pid === process.pid ? liveInstances().has(owner.token) : true;
}

/** Whether nobody has seen that the owner of a record is gone; also where nobody can be seen just now. */
export function mayLive(
  owner: SupervisorIdentity,
  lives: (owner: SupervisorIdentity) => boolean | undefined = isAlive,
) {
  try {
    return lives(owner) !== false;
  } catch {
    return true;
  }
}

function readBootId(): string {
  if (process.platform === "linux") {
    try {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      return `${boot}/${readlinkSync("/proc/self/ns/pid")}`;
    } catch {
      // A sandbox without these files: everything in it is one boot.
      return "unknown";
    }
  }
  const { stdout } = Bun.spawnSync(["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"], { stderr: "ignore" });
  return stdout.toString().trim() || "unknown";
}
