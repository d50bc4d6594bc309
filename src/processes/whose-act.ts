import { closeSync, constants, openSync } from "node:fs";
import { basename } from "node:path";
import { MARKER_NAME } from "./end-tree.ts";
import { listeningPorts } from "./listening-ports.ts";
import { systemProcessTable, type ProcessTable } from "./process-table.ts";
import { unreachable } from "../lib/unreachable.ts";

/** What the bash commands of a session find in their environment: its id. A terminal that the user opens has none. */
export const SHELL_MARKER = "BIZAR_SHELL_OF";

/** Whose an act is: `why` says it in a sentence, where it is not certainly the user's. */
export type Act =
  | { readonly by: "person" }
  /** An agent started the process that acts, or what started it. */
  | { readonly by: "agent"; readonly why: string }
  /** Whoever reaches the process can have it act. */
  | { readonly by: "anybody"; readonly why: string };

/** Where an act comes from. */
export type ActOrigin =
  /** A command that was given to this process, in a terminal or by its interface. */
  | { readonly kind: "command" }
  /** Somebody who holds the key of a page or a dialog; `pid` is the process at the other end, where that is known. */
  | { readonly kind: "key"; readonly pid: number | undefined };

export interface ActEvidence {
  /** What this process is, in a sentence; absent: an opencode. */
  readonly program?: "opencode" | "command";
  readonly environment: NodeJS.ProcessEnv;
  readonly pid: number;
  readonly table: Pick<ProcessTable, "find" | "values">;
  /** The ports on which this process listens; `undefined` where that cannot be told. */
  readonly ports: () => readonly number[] | undefined;
  /** Whether this process has a terminal that somebody can sit at. */
  readonly hasTerminal: () => boolean;
  /** The ports of the plugin's own pages. */
  readonly ownPorts: () => readonly number[];
  /** Whether this process started that one to show the user a page. */
  readonly isBrowser: (pid: number) => boolean;
}

/** What this process knows of itself. */
export function ownEvidence(more: Pick<ActEvidence, "program" | "ownPorts" | "isBrowser">): ActEvidence {
  return {
    environment: process.env,
    pid: process.pid,
    table: systemProcessTable(),
    ports: listeningPorts,
    hasTerminal,
    ...more,
  };
}

/**
 * Whose an act is: the one judge of it, for decisions on plans and whatever else is the user's alone. It is no proof
 * against a program of the user's own rights that hides where it comes from.
 */
export function whoseAct(evidence: ActEvidence, origin: ActOrigin): Act {
  switch (origin.kind) {
    case "key": {
      const why = origin.pid === undefined ? undefined : agentBehind(evidence, origin.pid);
      return why === undefined ? { by: "person" } : { by: "agent", why: `The program that asks ${why}` };
    }
    case "command": {
      const why = markerIn(evidence.environment) ?? agentAbove(evidence);
      const { program = "opencode" } = evidence;
      if (why !== undefined) return { by: "agent", why: `This ${program} ${why}` };
      if (isStray(evidence)) return { by: "anybody", why: stray(program) };
      const ports = evidence.ports()?.filter((port) => !evidence.ownPorts().includes(port));
      return ports?.length === 0 ? { by: "person" } : { by: "anybody", why: reachedBy(program, ports) };
    }
    default:
      return unreachable(origin);
  }
}

function reachedBy(program: string, ports: readonly number[] | undefined): string {
  if (ports === undefined) return `Whether others reach this ${program} cannot be told here.`;
  return `This ${program} listens on port ${ports.join(", ")}, where any program can give it commands.`;
}

function markerIn(environment: NodeJS.ProcessEnv): string | undefined {
  const agent = environment[MARKER_NAME];
  if (agent !== undefined) return startedByAgent(agent);
  const session = environment[SHELL_MARKER];
  return session === undefined ? undefined : startedBySession(session);
}

function startedByAgent(instance: string): string {
  return `was started by the background agent ${instance}, not by the user.`;
}

function startedBySession(session: string): string {
  return `was started by a command of the session ${session}, not by the user.`;
}

/**
 * What started this process, where it was an agent: something above it is an opencode or has an agent's marker, though
 * the process itself may have been rid of it.
 */
function agentAbove({ pid, table }: ActEvidence): string | undefined {
  const [, ...above] = lineOf(table, pid);
  const isInside = above.some((each) => isOpencode(table.find(each)?.command ?? ""));
  return (
    markerAmong(table, above) ??
    (isInside ? "was started from inside of another opencode, not by the user." : undefined)
  );
}

/**
 * What started another process, where it was an agent. A browser that some opencode has opened for the user stays below
 * that one: only of its own does this process know which they are.
 */
function agentBehind({ pid, table, isBrowser }: ActEvidence, other: number): string | undefined {
  const line = lineOf(table, other);
  const own = line.indexOf(pid);
  const child = own > 0 ? line[own - 1] : undefined;
  if (child === undefined) return markerAmong(table, line);
  return isBrowser(child) ? undefined : "was started by a command of this opencode, not by the user.";
}

function markerAmong(table: ActEvidence["table"], pids: readonly number[]): string | undefined {
  const [agents, sessions] = [table.values(MARKER_NAME), table.values(SHELL_MARKER)];
  for (const pid of pids) {
    const why = markerIn({ [MARKER_NAME]: agents.get(pid), [SHELL_MARKER]: sessions.get(pid) });
    if (why !== undefined) return why;
  }
  return undefined;
}

function stray(program: string): string {
  return `Who started this ${program} cannot be told: it has no terminal, and nothing but shells is above it.`;
}

/** What a process that has left its parents may still have above it. */
const SHELLS = /^-?(sh|bash|dash|ash|zsh|ksh|fish|busybox|env|nohup|setsid|timeout|nice|xargs)$/;

/**
 * Whether a process has cut itself loose, as a command of an agent can: whoever is at the terminal, a timer of the system
 * or a program of the user's would be seen above it.
 */
function isStray({ pid, table, hasTerminal: isAtTerminal }: ActEvidence): boolean {
  const [, ...above] = lineOf(table, pid);
  const programs = above.map((each) => basename(table.find(each)?.command.split(" ")[0] ?? ""));
  return programs.every((name) => SHELLS.test(name)) && !isAtTerminal();
}

/** Only who has a controlling terminal can open this. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", constants.O_RDONLY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}

/** More than anybody nests. */
const MOST_GENERATIONS = 64;

/** A process and those above it, the first of all last. */
function lineOf(table: ActEvidence["table"], pid: number): readonly number[] {
  const pids: number[] = [];
  let next = pid;
  while (next > 1 && pids.length < MOST_GENERATIONS && !pids.includes(next)) {
    pids.push(next);
    next = table.find(next)?.parentPid ?? 0;
  }
  return pids;
}

/** The binary, by whatever path. The npm package's own start is a program of Node, and no other opencode. */
function isOpencode(command: string): boolean {
  if (basename(process.execPath).startsWith("opencode") && command.startsWith(process.execPath)) return true;
  return /^opencode(\.exe)?$/i.test(basename(command.split(" ")[0] ?? ""));
}
