import { expect, test } from "bun:test";
import { deadlinePolicy } from "../../../src/supervisor/policies/deadline.ts";
import { sampleInstance } from "../sample-instance.ts";
import { watched } from "./policy-rig.ts";

test("a deadline passes to the millisecond, whatever the agent does", () => {
  const run = watched(deadlinePolicy, sampleInstance("pending", { deadlineMs: 1000 }));
  run.clock.advance(999);
  run.report();
  run.turnStarted();
  expect(run.ends).toEqual([]);
  run.clock.advance(1);
  expect(run.ends).toEqual([{ status: "timed_out", reason: "deadline", error: "The deadline of 1000 ms passed." }]);
});

test("a deadline is one of the clock on the wall: it counts while nobody ran", () => {
  const run = watched(deadlinePolicy, sampleInstance("pending", { deadlineMs: 3_600_000 }));
  run.clock.advance(1000);
  run.clock.standStill(3_600_000);
  expect(run.ends).toHaveLength(1);
});

test("without a deadline there is no timer", () => {
  expect(watched(deadlinePolicy).clock.pending).toBe(0);
});

test("nothing is left once it is disposed", () => {
  const run = watched(deadlinePolicy, sampleInstance("pending", { deadlineMs: 1000 }));
  run.dispose();
  expect(run.clock.pending).toBe(0);
});
