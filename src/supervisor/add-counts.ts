import type { Progress, Tokens } from "./instance.ts";
import { addDeeds, neverLessDeeds } from "./deeds.ts";

/** The counts of the turns before and of this one; what it did where it goes on with the one before. */
export function addCounts(earlier: Progress, turn: Progress): Progress {
  return { ...withCounts(turn, earlier, (before, now) => before + now), ...addDeeds(earlier, turn) };
}

/** What is known now, with no count below what it was before, and nothing of what it did left out. */
export function neverLess(before: Progress, now: Progress): Progress {
  return { ...withCounts(now, before, Math.max), ...neverLessDeeds(before, now) };
}

function withCounts(progress: Progress, other: Progress, join: (other: number, own: number) => number): Progress {
  const tokens = (kind: keyof Tokens) => join(other.tokens[kind], progress.tokens[kind]);
  return {
    ...progress,
    toolCallCount: join(other.toolCallCount, progress.toolCallCount),
    costUsd: join(other.costUsd, progress.costUsd),
    tokens: {
      input: tokens("input"),
      output: tokens("output"),
      reasoning: tokens("reasoning"),
      cacheRead: tokens("cacheRead"),
      cacheWrite: tokens("cacheWrite"),
    },
  };
}
