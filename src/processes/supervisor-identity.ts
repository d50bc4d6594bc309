import { readFileSync, readlinkSync } from "node:fs";
import { ulid } from "ulid";
import { liveInstances } from "./live-instances.ts";
import { isThat, startTimeOf, systemProcessTable, type ProcessTable } from "./process-table.ts";

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
  // Of this process nothing has to be looked up: a token is never given twice.
  if (owner.pid === process.pid) return liveInstances().has(owner.token);
  return isThat(owner, table.find(owner.pid));
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

/** Of the first time namespace, in which start times are counted from the boot (`PROC_TIME_INIT_INO` of Linux). */
const FIRST_TIME_NAMESPACE = "time:[4026531834]";

let bootId: string | undefined;

/** Read until it is known: a look that fails, at the limit of open files say, makes this no other boot. */
function readBootId(): string {
  try {
    return (bootId ??= process.platform === "linux" ? linuxBootId() : darwinBootId());
  } catch {
    // A sandbox without these files: everything in it is one boot.
    return "unknown";
  }
}

function linuxBootId(): string {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return [boot, readlinkSync("/proc/self/ns/pid"), ...ownTime()].join("/");
}

/** Another time namespace sees other start times. */
function ownTime(): string[] {
  try {
    const namespace = readlinkSync("/proc/self/ns/time");
    return namespace === FIRST_TIME_NAMESPACE ? [] : [namespace];
  } catch {
    // Before Linux 5.6 there is but one.
    return [];
  }
}

function darwinBootId(): string {
  const { stdout } = Bun.spawnSync(["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"], { stderr: "ignore" });
  const id = stdout.toString().trim();
  if (id === "") throw new Error("sysctl does not know this boot");
  return id;
}
