import type { Progress, Tokens } from "./instance.ts";
import { joinRefused } from "./refused.ts";

/** The counts of the turns before and of this one. */
export function addCounts(earlier: Progress, turn: Progress): Progress {
  return withCounts(turn, earlier, (before, now) => before + now);
}

/** What is known now, with no count below what it was before, and nothing that was refused before left out. */
export function neverLess(before: Progress, now: Progress): Progress {
  return { ...withCounts(now, before, Math.max), refused: joinRefused(before.refused, ...now.refused) };
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
