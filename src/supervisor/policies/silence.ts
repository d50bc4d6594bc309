import type { Progress } from "../instance.ts";
import { LimitTimer, type Policy } from "./policy.ts";
import { unreachable } from "../../lib/unreachable.ts";
import { PLAN_WAIT } from "../../text/own-tools.ts";

export interface SilenceLimits {
  /** Without any event of the session. */
  readonly stallTimeoutMs: number;
  /** For one tool call; also for the pipes of a child that has no voice. */
  readonly toolTimeoutMs: number;
}

/** A call's arguments are being written, which shows nothing: a large file takes minutes. */
const COMPOSING_LIMIT_MS = 600_000;
/** A start is no silence: a machine that starts many at once takes its time, whatever the limits for agents at work are. */
const STARTING_LIMIT_MS = 60_000;
/** The wait for a person, who takes their time, ends by itself after 30 minutes at most. */
const WAIT_LIMIT_MS = 1_860_000;

/**
 * Tells a long build and a slow provider from a dead line: each state of the agent has its own limit, and while the
 * host waits for the provider the clock stands still.
 */
export function silencePolicy({ stallTimeoutMs, toolTimeoutMs }: SilenceLimits): Policy {
  return {
    watch(_instance, clock, { end }) {
      // What is known so far is of an earlier turn, or of the time in the waiting line.
      let limit = voiceless(clock.now(), Math.max(toolTimeoutMs, STARTING_LIMIT_MS));
      const timer = new LimitTimer(clock, () => end({ status: "failed", reason: limit.reason, error: limit.error }));
      timer.set(limit.since, limit.limitMs);
      return {
        progressed(progress) {
          limit = silenceLimit(progress, stallTimeoutMs, toolTimeoutMs);
          timer.set(limit.since, limit.limitMs);
        },
        turnStarted() {
          limit = silentSince(clock.now(), Math.max(stallTimeoutMs, STARTING_LIMIT_MS));
          timer.set(limit.since, limit.limitMs);
        },
        turnWaits: () => timer.clear(),
        dispose: () => timer.clear(),
      };
    },
  };
}

interface Limit {
  /** `null`: it does not matter now. */
  readonly since: number | null;
  readonly limitMs: number;
  readonly reason: "stalled" | "tool_stuck";
  readonly error: string;
}

function silenceLimit({ liveness, lastActivityAt, voice }: Progress, stallMs: number, toolMs: number): Limit {
  if (!voice || liveness === null) return voiceless(lastActivityAt, toolMs);
  switch (liveness.phase) {
    case "tool": {
      const { tool = "" } = liveness;
      const limitMs = tool === PLAN_WAIT ? Math.max(toolMs, WAIT_LIMIT_MS) : toolMs;
      const error = `The tool "${tool}" ran for more than ${limitMs} ms (backgroundToolTimeoutMs).`;
      return { since: liveness.since, limitMs, reason: "tool_stuck", error };
    }
    case "composing": {
      const error = `The model was writing a tool call for more than ${COMPOSING_LIMIT_MS} ms.`;
      return { since: liveness.since, limitMs: COMPOSING_LIMIT_MS, reason: "stalled", error };
    }
    case "asking":
    case "away":
      // The user takes their time; how long a question, or a line that broke, may take is another limit.
      return { ...silentSince(lastActivityAt, stallMs), since: null };
    case "retrying":
      return silentSince(Math.max(liveness.retryAt ?? 0, lastActivityAt), stallMs);
    case "model":
      return silentSince(lastActivityAt, stallMs);
    default:
      return unreachable(liveness.phase);
  }
}

/** Silence on the pipes is no sign of a stall: only far beyond every tool's limit does it count. */
function voiceless(since: number, toolMs: number): Limit {
  const error = `Nothing was seen on the agent's pipes for ${toolMs} ms, and the plugin inside it does not report.`;
  return { since, limitMs: toolMs, reason: "stalled", error };
}

function silentSince(since: number, stallMs: number): Limit {
  const error = `The agent was silent for ${stallMs} ms: no text, no thought, no tool call (backgroundStallTimeoutMs).`;
  return { since, limitMs: stallMs, reason: "stalled", error };
}
