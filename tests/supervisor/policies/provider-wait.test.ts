import { expect, test } from "bun:test";
import { providerWaitPolicy } from "../../../src/supervisor/policies/provider-wait.ts";
import { watched } from "./policy-rig.ts";

const policy = providerWaitPolicy({ maxRetryWaitMs: 120_000 });
const HOUR = 3_600_000;

test("a provider that asks for longer than that is left at once, where another model is there", () => {
  const run = watched(policy);
  run.models.left = 1;
  const retryAt = run.clock.now() + 24 * HOUR;
  run.report({}, { phase: "retrying", retryAt, retryWords: "Too Many Requests" });
  expect(run.fallbacks).toEqual([
    `The provider asks to wait until ${new Date(retryAt).toISOString()}: Too Many Requests`,
  ]);
  run.clock.advance(2 * HOUR);
  expect([run.ends, run.told]).toEqual([[], []]);
});

test("without one its parent is told once, and it ends after an hour", () => {
  const run = watched(policy);
  for (let minute = 0; minute < 59; minute++) {
    run.report({}, { phase: "retrying", retryAt: run.clock.now() + 24 * HOUR, retryWords: "Too Many Requests" });
    run.clock.advance(60_000);
  }
  expect(run.told).toHaveLength(1);
  expect(run.told[0]).toContain("Too Many Requests");
  expect(run.ends).toEqual([]);
  run.clock.advance(60_000);
  expect(run.ends).toMatchObject([{ status: "failed", reason: "session_error" }]);
});

test("short waits in a row count together; a step in between makes it a new wait", () => {
  const run = watched(policy);
  run.models.left = 1;
  const retry = () => run.report({}, { phase: "retrying", retryAt: run.clock.now() + 30_000 });
  for (let each = 0; each < 3; each++) {
    retry();
    run.clock.advance(30_000);
  }
  run.report({}, { phase: "model" });
  for (let each = 0; each < 3; each++) {
    retry();
    run.clock.advance(30_000);
  }
  expect(run.fallbacks).toEqual([]);
  retry();
  run.clock.advance(30_000);
  expect(run.fallbacks).toHaveLength(1);
});
