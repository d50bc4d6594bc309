import { describe, expect, test } from "bun:test";
import { play } from "./play-trace.ts";
import { cycles } from "./traces/cycles.ts";
import { deadEnds } from "./traces/dead-ends.ts";
import { legitimateActs } from "./traces/legitimate-acts.ts";
import { legitimateWork } from "./traces/legitimate-work.ts";
import { optionTraces } from "./traces/options.ts";
import { repeats } from "./traces/repeats.ts";
import { rounds } from "./traces/rounds.ts";
import { trifles } from "./traces/trifles.ts";
import type { Trace } from "./trace.ts";

const themes: Record<string, readonly Trace[]> = {
  "one call over and over": repeats,
  "calls that take turns": cycles,
  "one error over and over": deadEnds,
  "calls of one step": rounds,
  "calls that differ in trifles": trifles,
  "other options": optionTraces,
  "legitimate work": legitimateWork,
  "legitimate work that does the same again": legitimateActs,
};

for (const [theme, traces] of Object.entries(themes)) {
  describe(theme, () => {
    for (const trace of traces) {
      test(`${trace.what}: ${trace.expected}`, async () => expect(await play(trace)).toBe(trace.expected));
    }
  });
}

test("no legitimate trace is blocked", () => {
  expect([...legitimateWork, ...legitimateActs].filter(({ expected }) => expected.includes("block"))).toEqual([]);
});

test("every trace has a name of its own, and there are more than a hundred and twenty", () => {
  const names = Object.values(themes)
    .flat()
    .map(({ what }) => what);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(120);
});
