import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { describeError } from "../lib/describe-error.ts";
import { foreignProcWarning, procNumbers, translatedProcesses, type TranslatedProcess } from "./outer-proc.ts";
import { isCode } from "../lib/is-code.ts";

/** A process that was seen, told from a later one with the same pid by its start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The start time as the operating system gives it; only ever compared for equality. */
  readonly startTime: string;
}

/** One row of the process table. */
export interface ProcessInfo extends ProcessIdentity {
  readonly parentPid: number;
  /** Ended, but not yet collected by its parent: nothing runs any more. */
  readonly isZombie: boolean;
  /** The command line, at most 200 characters, for people to read. */
  readonly command: string;
}

/** Nothing is known of any process just now: no file can be opened, or no `ps` started. It may pass. */
export class UnreadableTable extends Error {
  override readonly name = "UnreadableTable";
  constructor(cause: unknown) {
    super(`The process table cannot be read: ${describeError(cause)}`, { cause });
  }
}

/**
 * What the operating system says of its processes. Its calls are synchronous: they run when an agent is ended, also
 * inside `dispose`, where opencode leaves no time for anything else. Each throws {@link UnreadableTable} where it cannot
 * look: an answer without a process means that there is none.
 */
export interface ProcessTable {
  /** Every process that can be seen. */
  list(): ProcessInfo[];
  /** Those of these processes that are there. */
  findAll(pids: readonly number[]): ProcessInfo[];
  /** One process, or `undefined` when there is none of that pid. */
  find(pid: number): ProcessInfo | undefined;
  /**
   * An environment variable of each process that had it at its start, by pid; only those of this user.
   *
   * @param among looks at these alone
   */
  values(name: string, among?: readonly number[]): Map<number, string>;
}

const COMMAND_LENGTH = 200;

/**
 * The start time of a process that runs; empty where the table cannot be read. A process that was just started is found
 * by its marker then.
 */
export function startTimeOf(pid: number, table: ProcessTable = systemProcessTable()): string {
  try {
    return table.find(pid)?.startTime ?? "";
  } catch {
    return "";
  }
}

/** Whether a row of the table is this process, and it runs. Where its start could not be read, the pid alone tells. */
export function isThat({ startTime }: ProcessIdentity, row: ProcessInfo | undefined): row is ProcessInfo {
  return row !== undefined && !row.isZombie && (startTime === "" || row.startTime === startTime);
}

/** The pids whose environment, as it was at their start, has `NAME=…` with `value` in it; only those of this user. */
export function carriersOf(table: ProcessTable, name: string, value: string): Set<number> {
  return new Set([...table.values(name)].flatMap(([pid, found]) => (found.includes(value) ? pid : [])));
}

/** The process table of this machine. */
export function systemProcessTable(): ProcessTable {
  if (process.platform !== "linux") return darwinTable;
  return { same: linuxTable, outer: outerTable, foreign: foreignTable }[procNumbers()];
}

const linuxTable: ProcessTable = {
  list() {
    return linuxPids().flatMap((pid) => linuxTable.find(pid) ?? []);
  },
  findAll(pids) {
    return pids.flatMap((pid) => linuxTable.find(pid) ?? []);
  },
  find(pid) {
    const stat = readProc(`/proc/${pid}/stat`);
    if (stat === undefined) return undefined;
    // The command in parentheses may hold blanks and parentheses itself: the fields begin behind the last one.
    const end = stat.lastIndexOf(")");
    const fields = stat.slice(end + 2).split(" ");
    const commandLine = readProc(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ").trim();
    return {
      pid,
      parentPid: Number(fields[1]),
      startTime: fields[19] ?? "",
      isZombie: fields[0] === "Z" || fields[0] === "X",
      command: (commandLine || stat.slice(stat.indexOf("(") + 1, end)).slice(0, COMMAND_LENGTH),
    };
  },
  values(name, among = linuxPids()) {
    const prefix = `${name}=`;
    return new Map(
      among.flatMap((pid) => {
        const entry = readProc(`/proc/${pid}/environ`)
          ?.split("\0")
          .find((each) => each.startsWith(prefix));
        return entry === undefined ? [] : [[pid, entry.slice(prefix.length)] as const];
      }),
    );
  },
};

/** {@link linuxTable} where the numbers in `/proc` are those of outside: none of them is ever handed on. */
const outerTable: ProcessTable = {
  list() {
    return ownNamespace().flatMap(({ pid, outerPid, parentPid }) => {
      const row = linuxTable.find(outerPid);
      return row === undefined ? [] : { ...row, pid, parentPid };
    });
  },
  findAll(pids) {
    return outerTable.list().filter(({ pid }) => pids.includes(pid));
  },
  find(pid) {
    return outerTable.list().find((row) => row.pid === pid);
  },
  values(name, among) {
    const asked = ownNamespace().filter(({ pid }) => among?.includes(pid) ?? true);
    const found = linuxTable.values(
      name,
      asked.map(({ outerPid }) => outerPid),
    );
    return new Map(
      asked.flatMap(({ pid, outerPid }) => {
        const value = found.get(outerPid);
        return value === undefined ? [] : [[pid, value] as const];
      }),
    );
  },
};

function ownNamespace(): TranslatedProcess[] {
  return translatedProcesses({ pids: linuxPids, read: readProc, link: readLink });
}

/** Where `/proc` does not know this process: whatever it said would be of others. */
const foreignTable: ProcessTable = { list: refuse, findAll: refuse, find: refuse, values: refuse };

function refuse(): never {
  throw new UnreadableTable(new Error(foreignProcWarning("foreign")));
}

function linuxPids(): number[] {
  const pids = procNames().flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
  // Whoever looks is a process, too.
  if (pids.length === 0) throw new UnreadableTable(new Error("/proc has no processes"));
  return pids;
}

function procNames(): string[] {
  try {
    return readdirSync("/proc");
  } catch (error) {
    throw new UnreadableTable(error);
  }
}

/** There is no such process for us: it has gone, or it is somebody else's. */
const NOT_OURS = ["ENOENT", "ESRCH", "EACCES", "EPERM"] as const;

/** `undefined` when the process has gone, or is somebody else's. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, ...NOT_OURS)) return undefined;
    throw new UnreadableTable(error);
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // Gone, or somebody else's.
    return undefined;
  }
}

const DARWIN_ROW = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(.*)$/;

const darwinTable: ProcessTable = {
  list() {
    return parseDarwinRows(ps(["-axww", "-o", "pid=,ppid=,state=,lstart=,command="]));
  },
  findAll(pids) {
    if (pids.length === 0) return [];
    return parseDarwinRows(ps(["-ww", "-p", pids.join(","), "-o", "pid=,ppid=,state=,lstart=,command="]));
  },
  find(pid) {
    return darwinTable.findAll([pid])[0];
  },
  values(name, among) {
    if (among?.length === 0) return new Map();
    const prefix = `${name}=`;
    const whom = among === undefined ? ["-axEww"] : ["-Eww", "-p", among.join(",")];
    // -E appends the environment to the command, for processes of the same user.
    const rows = ps([...whom, "-o", "pid=,command="]).split("\n");
    return new Map(
      rows.flatMap((row) => {
        const word = row.split(/\s+/).find((each) => each.startsWith(prefix));
        return word === undefined ? [] : [[Number.parseInt(row, 10), word.slice(prefix.length)] as const];
      }),
    );
  },
};

/** A start time is a word of the machine's language and time zone otherwise, which both change while it runs. */
export const PS_ENVIRONMENT = { LC_ALL: "C", TZ: "UTC" };

function ps(args: string[]): string {
  let ended: Bun.SyncSubprocess<"pipe", "pipe">;
  try {
    ended = Bun.spawnSync(["/bin/ps", ...args], { env: PS_ENVIRONMENT, stdout: "pipe", stderr: "pipe" });
  } catch (error) {
    // EAGAIN at the limit of processes, EMFILE.
    throw new UnreadableTable(error);
  }
  const { exitCode, stdout, stderr } = ended;
  return psRows(exitCode, stdout.toString(), stderr.toString());
}

/**
 * What `ps` has printed; it ends with 1, and without a word, where none of the pids that it was asked for is there.
 *
 * @throws UnreadableTable when it has failed
 */
export function psRows(exitCode: number | null, stdout: string, stderr: string): string {
  const isNone = exitCode === 1 && stdout.trim() === "" && stderr.trim() === "";
  if (exitCode === 0 ? stdout.trim() !== "" : isNone) return stdout;
  throw new UnreadableTable(new Error(`ps ended with ${exitCode ?? "a signal"}: ${stderr.trim() || "no words"}`));
}

/** Rows of `ps -o pid=,ppid=,state=,lstart=,command=`, as macOS prints them. */
export function parseDarwinRows(text: string): ProcessInfo[] {
  return text.split("\n").flatMap((line) => {
    const [, pid, parentPid, state, startTime, command] = DARWIN_ROW.exec(line) ?? [];
    if (pid === undefined || startTime === undefined) return [];
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        startTime,
        isZombie: state?.startsWith("Z") ?? false,
        command: (command ?? "").slice(0, COMMAND_LENGTH),
      },
    ];
  });
}
