import { readFileSync, readlinkSync } from "node:fs";
import { unreachable } from "../lib/unreachable.ts";

/** How the numbers in `/proc` and those of this process belong together. */
export type ProcNumbers =
  | "same"
  /** A pid namespace of its own, with the `/proc` of one outside: `NSpid` tells the numbers of here. */
  | "outer"
  /** A `/proc` that does not know this process, or does not tell its number here (before Linux 4.1). */
  | "foreign";

let numbers: ProcNumbers | undefined;

/** Looked at once: a process does not change its pid namespace. */
export function procNumbers(): ProcNumbers {
  return (numbers ??= compareNumbers());
}

function compareNumbers(): ProcNumbers {
  if (process.platform !== "linux") return "same";
  try {
    if (readlinkSync("/proc/self") === String(process.pid)) return "same";
    return parseNamespacePids(readFileSync("/proc/self/status", "utf8"))?.at(-1) === process.pid ? "outer" : "foreign";
  } catch {
    // ENOENT: this process is in no namespace that this /proc shows, or there is none.
    return "foreign";
  }
}

const CURE = 'Give the sandbox a /proc of its own ("unshare --mount-proc", "bwrap --proc /proc").';

/** What cannot be promised where the numbers differ; `undefined` where they do not. */
export function foreignProcWarning(found: ProcNumbers = procNumbers()): string | undefined {
  switch (found) {
    case "same":
      return undefined;
    case "outer":
      return (
        "This opencode runs in a pid namespace of its own, with the /proc of outside. Bizar translates the numbers and " +
        "signals no process of outside; that a process of another user ends with the agent that started it, it cannot " +
        `promise here. ${CURE}`
      );
    case "foreign":
      return (
        "The /proc of this sandbox does not know this opencode: Bizar cannot see what its agents start, signals nothing " +
        `but their own opencode, and cannot promise that the rest has ended. ${CURE}`
      );
    default:
      return unreachable(found);
  }
}

/** A process of this namespace: as it is called here, and by the number under which `/proc` has it. */
export interface TranslatedProcess {
  readonly pid: number;
  readonly outerPid: number;
  /** 0 where the parent is outside of the namespace. */
  readonly parentPid: number;
}

/** How `/proc` is read; `undefined` of what has gone, or is somebody else's. */
export interface ProcReader {
  readonly pids: () => readonly number[];
  readonly read: (path: string) => string | undefined;
  readonly link: (path: string) => string | undefined;
}

interface OuterRow {
  readonly outerPid: number;
  readonly outerParent: number;
  /** Its numbers, from the namespace of this `/proc` down to its own. */
  readonly pids: readonly number[];
}

/** The processes of this namespace, where the numbers in `/proc` are those of outside. */
export function translatedProcesses(proc: ProcReader): TranslatedProcess[] {
  const level = parseNamespacePids(proc.read("/proc/self/status") ?? "")?.length ?? 0;
  const rows = new Map(outerRows(proc, level).map((row) => [row.outerPid, row]));
  const here = (row: OuterRow | undefined) => row?.pids[level - 1] ?? 0;
  return members(proc, rows).map((row) => ({
    pid: here(row),
    outerPid: row.outerPid,
    parentPid: here(rows.get(row.outerParent)),
  }));
}

function outerRows({ pids, read }: ProcReader, level: number): OuterRow[] {
  return pids().flatMap((outerPid) => {
    const status = read(`/proc/${outerPid}/status`) ?? "";
    const numbers = parseNamespacePids(status);
    if (numbers === undefined || numbers.length < level) return [];
    return { outerPid, outerParent: Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0), pids: numbers };
  });
}

/** Those of this namespace: their link says so, or they are below one that is. A sandbox next door is as deep. */
function members({ link }: ProcReader, rows: ReadonlyMap<number, OuterRow>): OuterRow[] {
  const namespace = link("/proc/self/ns/pid");
  const known = new Map<number, boolean>();
  const isOurs = (row: OuterRow): boolean => {
    const before = known.get(row.outerPid);
    if (before !== undefined) return before;
    const parent = rows.get(row.outerParent);
    const found = link(`/proc/${row.outerPid}/ns/pid`) === namespace || (parent !== undefined && isOurs(parent));
    known.set(row.outerPid, found);
    return found;
  };
  return namespace === undefined ? [] : [...rows.values()].filter(isOurs);
}

function parseNamespacePids(status: string): number[] | undefined {
  return /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/).map(Number);
}
