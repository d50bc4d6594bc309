import { describe, expect, test } from "bun:test";
import { readHostEvent, type HostEvent } from "../../src/agent-role/host-event.ts";
import { TelemetryState } from "../../src/agent-role/telemetry.ts";
import { noTokens } from "../../src/supervisor/instance.ts";
import { delta, message, OWN, part, sessionCreated, status, stepFinish, SUB, tool } from "./host-events.ts";

const NOW = 1_000_000;

function after(...events: HostEvent[]): TelemetryState {
  const telemetry = new TelemetryState(null, NOW, "/project");
  for (const event of [sessionCreated(OWN), ...events]) telemetry.apply(event, NOW);
  return telemetry;
}

const twoSteps = { input: 20, output: 10, reasoning: 2, cacheRead: 4, cacheWrite: 6 };

test("nothing is counted before anything happens", () => {
  expect(after().report(NOW)).toMatchObject({ toolCallCount: 0, tokens: noTokens, costUsd: 0, tools: [] });
});

test("tokens and cost add up over the steps, each step once", () => {
  const { tokens, costUsd } = after(stepFinish("prt_1"), stepFinish("prt_1"), stepFinish("prt_2")).report(NOW);
  expect(tokens).toEqual(twoSteps);
  expect(costUsd).toBe(0.5);
});

describe("each tool call is counted once", () => {
  const cases: [what: string, states: Parameters<typeof tool>[1][], count: number][] = [
    ["while it is being written it does not count", ["pending", "pending"], 0],
    ["running, with news of its output", ["pending", "running", "running", "running"], 1],
    ["from its writing to its end", ["pending", "running", "completed"], 1],
    ["from its writing to its error", ["pending", "running", "error"], 1],
    ["an end whose start was never seen", ["error"], 1],
    ["an end that is told twice", ["running", "completed", "completed"], 1],
  ];
  for (const [what, states, count] of cases) {
    test(what, () => {
      const telemetry = after(...states.map((state) => tool("bash", state, "prt_a")));
      expect(telemetry.report(NOW).toolCallCount).toBe(count);
    });
  }
});

test("starts and ends of calls are handed out once", () => {
  const telemetry = after(tool("bash", "running", "prt_a"), tool("read", "running", "prt_b"));
  telemetry.apply(tool("bash", "completed", "prt_a"), NOW + 10);
  telemetry.apply(tool("read", "error", "prt_b"), NOW + 20);
  expect(telemetry.report(NOW + 30).tools).toEqual([
    { call: "prt_a", tool: "bash", state: "started", what: "", at: NOW },
    { call: "prt_b", tool: "read", state: "started", what: "", at: NOW },
    { call: "prt_a", tool: "bash", state: "ended", what: "", at: NOW + 10 },
    { call: "prt_b", tool: "read", state: "failed", what: "", at: NOW + 20 },
  ]);
  expect(telemetry.report(NOW + 40).tools).toEqual([]);
});

describe("a native subagent's session", () => {
  const events = [
    tool("task", "running", "prt_task"),
    sessionCreated(SUB),
    status("busy", SUB),
    message("assistant", "explore", SUB),
    part("reasoning", "prt_r", SUB),
    delta("prt_r", SUB),
    tool("grep", "pending", "prt_g", SUB),
    tool("grep", "running", "prt_g", SUB),
    status("retry", SUB),
  ];

  test("is not what the agent is doing, nor the agent that runs", () => {
    const telemetry = after(message("assistant", "mimir"), ...events);
    expect(telemetry.report(NOW)).toMatchObject({ activity: "tool task", agent: "mimir", sessionId: OWN });
  });

  test("counts with its tools, tokens and cost", () => {
    const telemetry = after(...events, tool("grep", "completed", "prt_g", SUB), stepFinish("prt_f", SUB));
    telemetry.apply(stepFinish("prt_own"), NOW);
    expect(telemetry.report(NOW)).toMatchObject({ toolCallCount: 2, tokens: twoSteps, costUsd: 0.5 });
  });
});

test("what a native subagent's calls changed counts as the agent's, and calls are in the order of their starts", () => {
  const { deeds } = after(
    tool("edit", "running", "prt_a", OWN, { filePath: "/project/a.ts" }),
    tool("write", "running", "prt_b", SUB, { filePath: "/project/b.ts" }),
    tool("write", "completed", "prt_b", SUB, { filePath: "/project/b.ts" }),
    tool("edit", "completed", "prt_a", OWN, { filePath: "/project/a.ts" }),
  ).report(NOW);
  expect(deeds).toEqual({
    changedFiles: ["b.ts", "a.ts"],
    moreChangedFiles: 0,
    lastCalls: ["edit: /project/a.ts", "write: /project/b.ts"],
  });
});

describe("whose session it is", () => {
  test("the first that speaks is the agent's own", () => {
    expect(after(sessionCreated(SUB)).report(NOW).sessionId).toBe(OWN);
  });

  test("a follow-up knows its own from the start", () => {
    const telemetry = new TelemetryState("ses_before", NOW, "/project");
    telemetry.apply(tool("bash", "running", "prt_a", SUB), NOW);
    expect(telemetry.report(NOW)).toMatchObject({ sessionId: "ses_before", activity: "starting", toolCallCount: 1 });
  });
});

describe("events that telemetry does not read", () => {
  const cases = [
    { type: "session.idle", properties: { sessionID: OWN } },
    { type: "toString", properties: {} },
    { type: "message.part.updated", properties: { sessionID: OWN, part: { id: "prt_f", type: "file" } } },
    { type: "message.part.updated", properties: {} },
    { type: "message.updated" },
  ];
  for (const event of cases) {
    test(JSON.stringify(event), () => expect(readHostEvent(event)).toBeUndefined());
  }
});
