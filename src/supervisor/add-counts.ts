import type { Progress, Tokens } from "./instance.ts";

/** The counts of the turns before and of this one. */
export function addCounts(earlier: Progress, turn: Progress): Progress {
  const add = (kind: keyof Tokens) => earlier.tokens[kind] + turn.tokens[kind];
  return {
    ...turn,
    toolCallCount: earlier.toolCallCount + turn.toolCallCount,
    costUsd: earlier.costUsd + turn.costUsd,
    tokens: {
      input: add("input"),
      output: add("output"),
      reasoning: add("reasoning"),
      cacheRead: add("cacheRead"),
      cacheWrite: add("cacheWrite"),
    },
  };
}
