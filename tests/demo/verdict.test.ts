import { expect, test } from "bun:test";
import { problemsOf, type DemoOutcome } from "../../scripts/demo/verdict.ts";
import type { InstanceRecord } from "../../src/store/record.ts";

const record = (agent: string, more: object = {}) =>
  ({ agent, instanceId: `id of ${agent}`, status: "done", reason: null, error: null, ...more }) as InstanceRecord;

function outcome(more: Partial<DemoOutcome> = {}, collectedIds = ["id of mimir", "id of thor"]): DemoOutcome {
  const results = collectedIds.map((instanceId) => ({ instanceId, status: "done", result: "found" }));
  const state = { status: "completed", output: JSON.stringify(results) };
  const collect = { type: "tool_use", sessionID: "ses_1", part: { tool: "bizar_collect", state } };
  return {
    run: { exitCode: 0, events: [collect], stderr: "" },
    records: [record("mimir"), record("thor")],
    written: "a page",
    expected: "a page",
    ...more,
  };
}

test("two collected results and the right file are a success", () => {
  expect(problemsOf(outcome())).toEqual([]);
});

test.each([
  ["opencode failed", outcome({ run: { exitCode: 1, events: [], stderr: "boom" } }), /ended with code 1: boom/],
  ["an agent was not started", outcome({ records: [record("mimir")] }), /thor was not started/],
  [
    "an agent failed",
    outcome({
      records: [record("mimir", { status: "failed", reason: "permission_denied", error: "bash" }), record("thor")],
    }),
    /mimir is failed \(permission_denied\): bash/,
  ],
  ["a result was not collected", outcome({}, ["id of mimir"]), /did not collect what thor found/],
  ["the file is missing", outcome({ written: "" }), /file is not there/],
  ["the file is another one", outcome({ written: "something else" }), /does not hold/],
])("it is a failure when %s", (_, given, problem) => {
  expect(problemsOf(given).join("\n")).toMatch(problem);
});

test("with a real model any file will do", () => {
  expect(problemsOf(outcome({ written: "its own words", expected: null }))).toEqual([]);
});
