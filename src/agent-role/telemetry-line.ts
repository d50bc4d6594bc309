import type { Deeds } from "../supervisor/deeds.ts";
import type { Asked, Said } from "../supervisor/questions.ts";
import type { Liveness, Tokens } from "../supervisor/instance.ts";

/** What the plugin inside a child reports on stderr, one JSON object a line. */
export interface Telemetry {
  readonly sessionId: string | null;
  /** The agent that really runs, as the session's messages name it. */
  readonly agent: string | null;
  readonly activity: string;
  readonly toolCallCount: number;
  readonly tokens: Tokens;
  readonly costUsd: number;
  /** Milliseconds since the epoch of the last event of the session. */
  readonly lastActivityAt: number;
  readonly liveness: Liveness;
  /** The marker of the loop guard, once it has refused so many calls in a row that the run must end. */
  readonly loopGuard: string | null;
  readonly messages: MessageReport;
  /** The turn has come to its end; what is left is the exit of the process. */
  readonly isOver: boolean;
  /** What it asks the user now. */
  readonly asked: readonly Asked[];
  /** What it has told who asked for it since the last report. */
  readonly said: readonly Said[];
  /** The calls that were not allowed, native subagents' included. */
  readonly refusals: readonly Refusal[];
  /** What the others of its calls did, native subagents' included. */
  readonly deeds: Omit<Deeds, "refused">;
  /** Tool calls that started or ended since the last report. */
  readonly tools: readonly ToolReport[];
}

/** Whose the messages of the agent's session are: `opencode run` prints the texts of all of them alike. */
export interface MessageReport {
  /** The one with the prompt of this turn. */
  readonly prompt: string | null;
  /** The newest one; ids rise. */
  readonly latest: string | null;
  /** Those up to the newest that are not the agent's own. */
  readonly foreign: readonly string[];
}

/** A call that was not allowed. */
export interface Refusal {
  /** In a line: "bash: rm -rf build". */
  readonly call: string;
  /** The permission that it asked for in vain, and for what; `null` where a rule had decided before. */
  readonly asked: string | null;
  /** Whether the agent itself made it, and not a native subagent. */
  readonly isOwn: boolean;
}

/** The start or the end of one tool call. */
export interface ToolReport {
  /** Tells one call from the others of the same tool. */
  readonly call: string;
  readonly tool: string;
  readonly state: "started" | "ended" | "failed";
  /** What it is for, in a line; empty where its arguments tell nothing. */
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One telemetry line, without its line end. */
export function formatTelemetry(nonce: string, telemetry: Telemetry): string {
  return JSON.stringify({ bizar: nonce, ...telemetry });
}

/** Where a report to the supervisor begins in a line of stderr; -1: it has none. */
export function reportAt(nonce: string, line: string): number {
  return line.indexOf(beginning(nonce));
}

/** Whether a line of stderr is telemetry, also where the child was ended in the middle of it. */
export function isTelemetry(nonce: string, line: string): boolean {
  return line.startsWith(beginning(nonce));
}

/**
 * Reads a line of stderr.
 *
 * @returns the telemetry, or `undefined` when the line is anything else
 */
export function parseTelemetry(nonce: string, line: string): Telemetry | undefined {
  if (!isTelemetry(nonce, line)) return undefined;
  try {
    // The nonce is known to the plugin's own child alone: the shape is what formatTelemetry wrote.
    return JSON.parse(line) as Telemetry;
  } catch {
    // The child was ended in the middle of the line.
    return undefined;
  }
}

function beginning(nonce: string): string {
  return `{"bizar":"${nonce}"`;
}
