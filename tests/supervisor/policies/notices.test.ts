import { expect, test } from "bun:test";
import { noTokens } from "../../../src/supervisor/instance.ts";
import { noticePolicy } from "../../../src/supervisor/policies/notices.ts";
import { sampleInstance } from "../sample-instance.ts";
import { watched } from "./policy-rig.ts";

const none = { toolCalls: 0, usd: 0, tokens: 0 };
const HAND_BACK = "Finish what matters most, and hand back what you have before you are cut off.";

test.each([
  ["tool calls", { toolCalls: 10 }, { toolCallCount: 7 }, { toolCallCount: 8 }, "2 of 10 tool calls are left"],
  [
    "tokens",
    { tokens: 1000 },
    { tokens: { ...noTokens, input: 799 } },
    { tokens: { ...noTokens, input: 800, output: 50 } },
    "150 of 1000 tokens are left",
  ],
  ["money", { usd: 0.5 }, { costUsd: 0.39 }, { costUsd: 0.41 }, "$0.0900 of $0.5 are left"],
])("of its %s an agent is told once, at 80 %%, what is left", (_, limits, before, after, words) => {
  const run = watched(noticePolicy({ ...none, ...limits }));
  run.report(before);
  expect(run.notices).toEqual([]);
  run.report(after);
  run.report(after);
  expect(run.notices).toEqual([`[limit] ${words}. ${HAND_BACK}`]);
});

test("the last of a limit is told yet, and what is over it is not", () => {
  const at = watched(noticePolicy({ ...none, toolCalls: 5 }));
  at.report({ toolCallCount: 5 });
  expect(at.notices).toEqual([`[limit] 0 of 5 tool calls are left. ${HAND_BACK}`]);
  const over = watched(noticePolicy({ ...none, toolCalls: 5 }));
  over.report({ toolCallCount: 6 });
  expect(over.notices).toEqual([]);
});

test("calls of earlier turns are none of this run's", () => {
  const { progress } = sampleInstance();
  const earlier = sampleInstance("pending", { progress: { ...progress, toolCallCount: 8 } });
  const run = watched(noticePolicy({ ...none, toolCalls: 10 }), earlier);
  run.report({ toolCallCount: 9 });
  expect(run.notices).toEqual([]);
});

test("of its time it is told when a fifth is left, and not once it has ended", () => {
  const run = watched(noticePolicy(none), sampleInstance("pending", { deadlineMs: 100_000 }));
  run.clock.advance(79_000);
  expect(run.notices).toEqual([]);
  run.clock.advance(1000);
  expect(run.notices).toEqual([`[limit] 20 of 100 seconds are left. ${HAND_BACK}`]);
  const ended = watched(noticePolicy(none), sampleInstance("pending", { deadlineMs: 100_000 }));
  ended.dispose();
  ended.clock.advance(100_000);
  expect(ended.notices).toEqual([]);
});

test("without limits nothing is told, and no timer waits", () => {
  const run = watched(noticePolicy(none), sampleInstance("pending", { deadlineMs: null }));
  run.report({ toolCallCount: 1000, costUsd: 100, tokens: { ...noTokens, input: 1e9 } });
  expect(run.notices).toEqual([]);
});
