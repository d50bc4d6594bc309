import { unreachable } from "../lib/unreachable.ts";

/** The statuses that end a turn. They never change; a follow-up opens a new turn. */
export const terminalStatuses = ["done", "failed", "killed", "timed_out"] as const;
export type TerminalStatus = (typeof terminalStatuses)[number];

/** Why a turn ended as it did: a closed set. The words for people are in {@link Outcome.error}. */
export const reasons = [
  "empty_result",
  "permission_denied",
  "agent_unknown",
  "model_unknown",
  "wrong_agent",
  "spawn_failed",
  "workspace_failed",
  "session_error",
  "connection_lost",
  "context_exhausted",
  "exit_nonzero",
  "stalled",
  "tool_stuck",
  "thinking_loop",
  "loop_guard",
  "tool_cap",
  "budget",
  "supervisor_lost",
  "shutdown",
  "killed",
  "deadline",
] as const;
export type Reason = (typeof reasons)[number];

/** How a turn ended. */
export interface Outcome {
  readonly status: TerminalStatus;
  /** Absent only for `done` with a result. */
  readonly reason?: Reason;
  /** The evidence in words: what was seen, and where it helps, what to do. */
  readonly error?: string;
  /** A line that the result begins with: the marker of the loop guard. */
  readonly resultHeader?: string;
  /** The user has ended it: they know, and nobody is woken to hear of it. */
  readonly isUsers?: boolean;
}

/** How an `opencode run` was left. */
export interface Exit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** What ended a turn. */
export type EndCause =
  /** Its `opencode run` exited. `isLate`: the turn had come to its own end before, of which that exit says nothing. */
  | ({ readonly kind: "exited"; readonly isLate?: boolean } & Exit)
  /** Its session, in a server, came to rest; `hasFailed`: after an error. */
  | { readonly kind: "idle"; readonly hasFailed: boolean }
  /** Nothing of it has run. */
  | { readonly kind: "not_started"; readonly why: string }
  /** The line to it broke before anybody had seen its end. */
  | { readonly kind: "connection_lost"; readonly why: string }
  /** It was stopped from here, or what ran it is gone. */
  | { readonly kind: "broken_off" };

/** What a turn has exited with; nothing, where it had no process of its own. */
export function exitOf(cause: EndCause): Exit {
  return cause.kind === "exited" ? cause : { exitCode: null, signal: null };
}

/** What a backend saw of a turn. */
export interface TurnEvidence {
  readonly cause: EndCause;
  /** Why the agent's own folder could not be made ready, or what is in it not be brought back. */
  readonly workspaceError?: string | undefined;
  /** The reason of the last finished step: `stop`, `tool-calls`, `length`, … */
  readonly finish?: string;
  /** A permission that nobody could give, after which the agent has not said a word. */
  readonly permissionRejected?: { readonly tool: string; readonly detail: string };
  /** opencode ran another agent than the one asked for. */
  readonly agentFallback?: { readonly reason: "agent_unknown" | "wrong_agent"; readonly detail: string };
  /** An error of the session as opencode reported it. */
  readonly sessionError?: string;
  /**
   * Whose fault that is: the provider cannot or will not answer, the line to it was cut, or what ran the agent died. Absent:
   * the agent's own, or nobody knows.
   */
  readonly trouble?: "refuses" | "cut" | "died" | undefined;
  /** The session has become too long for its model, and nothing made it shorter. */
  readonly isContextFull?: boolean;
  /** The provider or model was not found. */
  readonly modelUnknown?: string;
  /** The last lines that may explain an exit without any other sign. */
  readonly lastErrorLines: readonly string[];
  /** The turn came to a good end, after whatever error: `opencode run` exits with 1 then, too. */
  readonly isRecovered?: boolean;
  /** What the agent said itself: of each of its messages that has a text, that text. */
  readonly words: readonly string[];
}

/** Steps with one of these reasons are followed by another step: a turn that ends with one was cut short. */
const UNFINISHED = new Set(["tool-calls", "unknown"]);

/** Whether a step that ended for this reason is the last of its turn. */
export function isFinished(finish: string | undefined): boolean {
  return finish !== undefined && !UNFINISHED.has(finish);
}

/**
 * Judges a turn by everything that was seen of it. An exit code of 0 alone never means done: `opencode run` exits 0
 * after a refused permission and after running another agent than the one asked for.
 */
export function judge(evidence: TurnEvidence): Outcome {
  const { permissionRejected, agentFallback, cause } = evidence;
  if (evidence.workspaceError !== undefined) return failed("workspace_failed", evidence.workspaceError);
  if (cause.kind === "not_started") return failed("spawn_failed", cause.why);
  if (cause.kind === "connection_lost") return failed("connection_lost", cause.why);
  if (agentFallback !== undefined) return failed(agentFallback.reason, agentFallback.detail);
  if (evidence.modelUnknown !== undefined) return failed("model_unknown", evidence.modelUnknown);
  if (evidence.sessionError !== undefined) {
    return failed(evidence.isContextFull === true ? "context_exhausted" : "session_error", evidence.sessionError);
  }
  if (permissionRejected !== undefined) {
    const { tool, detail } = permissionRejected;
    return failed(
      "permission_denied",
      `The tool "${tool}" needs a permission that nobody can give in the background (${detail}). ` +
        `Allow it in the agent's configuration, or give the task to an agent that may use it.`,
    );
  }
  const unexplained = evidence.isRecovered === true ? undefined : badEnd(cause, evidence.lastErrorLines);
  if (unexplained !== undefined) return unexplained;
  if (!isFinished(evidence.finish)) {
    const last =
      evidence.finish === undefined ? "no step was finished" : `the last step ended with "${evidence.finish}"`;
    return failed("session_error", `opencode ended the turn before it was finished, and reported no error: ${last}.`);
  }
  if (evidence.words.length === 0) return { status: "done", reason: "empty_result" };
  if (evidence.finish === "stop") return { status: "done" };
  return { status: "done", error: `The model's last answer ended with "${evidence.finish}": it may be cut short.` };
}

/** How a turn ended of which nobody could see whether all of it has: never as killed. */
export function withUnseen(outcome: Outcome, why: string | undefined): Outcome {
  if (why === undefined) return outcome;
  const unseen = `Whether anything that it started runs yet could not be seen. ${why}`;
  if (outcome.status === "killed")
    return failed("exit_nonzero", `It was to be killed, and its turn has ended. ${unseen}`);
  return { ...outcome, error: outcome.error === undefined ? unseen : `${outcome.error} ${unseen}` };
}

function failed(reason: Reason, error: string): Outcome {
  return { status: "failed", reason, error };
}

/** How a turn failed of which no other sign tells why; `undefined`: it ended as it should. */
function badEnd(
  cause: Exclude<EndCause, { readonly why: string }>,
  lastErrorLines: readonly string[],
): Outcome | undefined {
  switch (cause.kind) {
    case "exited":
      if (cause.isLate === true || cause.exitCode === 0) return undefined;
      return failed("exit_nonzero", describeExit(cause, lastErrorLines));
    case "idle":
      return cause.hasFailed ? failed("session_error", "The session failed, and opencode did not say why.") : undefined;
    case "broken_off":
      return failed("session_error", "The turn was ended from outside before it was over.");
    default:
      return unreachable(cause);
  }
}

function describeExit({ exitCode, signal }: Exit, lines: readonly string[]): string {
  const how = exitCode === null ? `was ended by ${signal ?? "an unknown signal"}` : `exited with code ${exitCode}`;
  const words = lines.length === 0 ? "It left no explanation on stderr." : `Its last words: ${lines.join(" | ")}`;
  return `opencode ${how}. ${words}`;
}
