import { describe, expect, test } from "bun:test";
import { parseRunEvent } from "../../../src/backends/run-event.ts";

const base = { timestamp: 1_795_218_703_645, sessionID: "ses_e04a082faffeYPy6lBLteSH6u0" };
const tokens = { total: 15, input: 10, output: 5, reasoning: 0, cache: { read: 0, write: 0 } };
const ids = { id: "prt_1", messageID: "msg_1", sessionID: base.sessionID };

describe("the events of opencode run --format json", () => {
  const state = { status: "completed", input: { command: "ls" }, output: "x", title: "ls", time: { start: 1, end: 2 } };
  const events: Record<string, unknown>[] = [
    { ...base, type: "step_start", part: { ...ids, type: "step-start" } },
    { ...base, type: "text", part: { ...ids, type: "text", text: "Hello", time: { start: 1, end: 2 } } },
    { ...base, type: "reasoning", part: { ...ids, type: "reasoning", text: "Hm" } },
    { ...base, type: "tool_use", part: { ...ids, type: "tool", tool: "bash", callID: "call_1", state } },
    {
      ...base,
      type: "tool_use",
      part: { ...ids, tool: "bash", state: { status: "error", input: {}, error: "The user rejected permission" } },
    },
    { ...base, type: "step_finish", part: { ...ids, reason: "stop", tokens, cost: 0.5 } },
  ];
  for (const event of events) {
    test(String(event["type"]), () => {
      const parsed = parseRunEvent(JSON.stringify(event));
      expect(parsed).toBeDefined();
      expect(event).toMatchObject(parsed!);
    });
  }

  test("an error, as it really came", () => {
    const line =
      '{"type":"error","timestamp":1795218703645,"sessionID":"ses_e04a082faffeYPy6lBLteSH6u0","error":{"name":"APIError","data":{"message":"boom happened","statusCode":401,"isRetryable":false}}}';
    expect(parseRunEvent(line)).toEqual({
      ...base,
      type: "error",
      error: { name: "APIError", data: { message: "boom happened", statusCode: 401 } },
    });
  });

  test("a step without figures counts as nothing", () => {
    const line = JSON.stringify({ ...base, type: "step_finish", part: { reason: "stop", tokens: {} } });
    expect(parseRunEvent(line)).toMatchObject({
      part: { cost: 0, tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } } },
    });
  });
});

describe("any other line is no event", () => {
  const lines = [
    "",
    "plain text",
    "null",
    "[]",
    "{",
    "{}",
    '{"type":"text"}',
    JSON.stringify({ ...base, type: "text", part: { text: 5 } }),
    JSON.stringify({ ...base, type: "something_new" }),
    JSON.stringify({ ...base, type: "tool_use", part: { tool: "bash", state: { status: "running" } } }),
    ` ${JSON.stringify({ ...base, type: "step_start" })}`,
    JSON.stringify({ ...base, type: "step_start" }).slice(0, -1),
  ];
  for (const line of lines) {
    test(line || "an empty line", () => expect(parseRunEvent(line)).toBeUndefined());
  }
});
