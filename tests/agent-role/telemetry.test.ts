import { describe, expect, test } from "bun:test";
import type { HostEvent } from "../../src/agent-role/host-event.ts";
import { TelemetryState } from "../../src/agent-role/telemetry.ts";
import { delta, message, named, OWN, part, sessionCreated, status, stepFinish, SUB, tool } from "./host-events.ts";

const NOW = 1_000_000;

function after(...events: HostEvent[]): TelemetryState {
  const telemetry = new TelemetryState(null, NOW, "/project");
  for (const event of [sessionCreated(OWN), ...events]) telemetry.apply(event, NOW);
  return telemetry;
}

describe("what an agent is doing", () => {
  const step = part("step-start", "prt_step");
  const thinking = [step, part("reasoning", "prt_r"), delta("prt_r")];
  const writing = [step, part("text", "prt_t"), delta("prt_t")];
  const bash = [tool("bash", "pending", "prt_a"), tool("bash", "running", "prt_a")];
  const cases: [what: string, events: HostEvent[], activity: string][] = [
    ["its session was made", [], "starting"],
    ["the model was asked", [status("busy"), message("user", "mimir"), step], "waiting for the model"],
    ["its answer has begun", [status("busy"), message("assistant", "mimir")], "waiting for the model"],
    ["the step has ended", [...writing, stepFinish("prt_f"), part("text", "prt_t2")], "writing"],
    ["reasoning comes in", thinking, "thinking"],
    ["text comes in", writing, "writing"],
    ["text after reasoning", [...thinking, part("text", "prt_t"), delta("prt_t")], "writing"],
    ["a part that has no token yet", [step, part("text", "prt_t")], "waiting for the model"],
    ["a token of a part nobody has seen", [step, delta("prt_unknown")], "waiting for the model"],
    ["a call is being written", [...writing, tool("bash", "pending", "prt_a")], "composing bash"],
    ["a tool runs", bash, "tool bash"],
    [
      "a command runs",
      [tool("bash", "running", "prt_a", OWN, { command: `bun test ${"x".repeat(80)}` })],
      `tool bash: bun test ${"x".repeat(50)}…`,
    ],
    ["a file is read", [tool("read", "running", "prt_a", OWN, { filePath: "src/a.ts" })], "tool read: src/a.ts"],
    ["a tool has ended", [...bash, tool("bash", "completed", "prt_a")], "silent"],
    ["a tool has failed", [...bash, tool("bash", "error", "prt_a")], "silent"],
    ["the provider asks to wait", [step, status("retry")], "retrying until 2026-11-20T23:51:43.645Z"],
    ["the wait is over", [step, status("retry"), status("busy")], "waiting for the model"],
    ["busy is no news while it writes", [...writing, status("busy")], "writing"],
    ["the next step after a tool", [...bash, tool("bash", "completed", "prt_a"), ...thinking], "thinking"],
  ];
  for (const [what, events, activity] of cases) {
    test(`${what}: ${activity}`, () => expect(after(...events).report(NOW).activity).toBe(activity));
  }
});

test("whose the messages are: the prompt is the first that is put in, users' and summaries are not the agent's", () => {
  const telemetry = after(named("msg_1", "user"), named("msg_2", "assistant"), message("user", "mimir", SUB));
  telemetry.prompted(SUB, "msg_0");
  expect(telemetry.prompted(OWN, "msg_1")).toBe(true);
  expect(telemetry.prompted(OWN, "msg_3")).toBe(false);
  for (const each of [named("msg_3", "user"), named("msg_4", "assistant", true)]) telemetry.apply(each, NOW);
  expect(telemetry.report(NOW).messages).toEqual({
    ...{ prompt: "msg_1", latest: "msg_4", foreign: ["msg_1", "msg_3", "msg_4"] },
  });
  // An earlier one is told of again when it is changed.
  telemetry.apply(named("msg_2", "assistant"), NOW);
  expect(telemetry.report(NOW).messages.latest).toBe("msg_4");
});

describe("whether the turn is over", () => {
  const cases: [what: string, events: HostEvent[], isOver: boolean][] = [
    ["nothing was heard yet", [], false],
    ["an idle of before", [status("idle")], false],
    ["it works", [status("busy")], false],
    ["it has ended", [status("busy"), status("idle")], true],
    ["its idle is told twice", [status("busy"), status("idle"), status("idle")], true],
    ["it goes on", [status("busy"), status("idle"), status("busy")], false],
    ["it waits for the provider", [status("busy"), status("retry")], false],
    ["a subagent has ended", [status("busy"), status("busy", SUB), status("idle", SUB)], false],
  ];
  for (const [what, events, isOver] of cases) {
    test(`${what}: ${isOver}`, () => expect(after(...events).report(NOW).isOver).toBe(isOver));
  }
});

describe("parallel tools", () => {
  const both = [tool("read", "running", "prt_a"), tool("bash", "running", "prt_b")];

  test("the last that was started is the one that shows", () => {
    expect(after(...both).report(NOW)).toMatchObject({ activity: "tool bash", toolCallCount: 2 });
  });

  test("when one ends, another that still runs shows", () => {
    expect(after(...both, tool("bash", "completed", "prt_b")).report(NOW).activity).toBe("tool read");
    expect(after(...both, tool("read", "completed", "prt_a")).report(NOW).activity).toBe("tool bash");
  });

  test("two calls of one tool are told apart", () => {
    const telemetry = after(tool("bash", "running", "prt_a"), tool("bash", "running", "prt_b"));
    telemetry.apply(tool("bash", "completed", "prt_a"), NOW);
    expect(telemetry.report(NOW)).toMatchObject({ activity: "tool bash", toolCallCount: 2 });
    telemetry.apply(tool("bash", "completed", "prt_b"), NOW);
    expect(telemetry.report(NOW).activity).toBe("silent");
  });
});

describe("silence", () => {
  const cases: [what: string, events: HostEvent[], later: string][] = [
    ["thinking", [part("reasoning", "prt_r"), delta("prt_r")], "silent"],
    ["writing", [part("text", "prt_t"), delta("prt_t")], "silent"],
    ["a running tool", [tool("bash", "running", "prt_a")], "tool bash"],
    ["composing", [tool("write", "pending", "prt_a")], "composing write"],
    ["a retry", [status("retry")], "retrying until 2026-11-20T23:51:43.645Z"],
    ["a request that is out", [part("step-start", "prt_s")], "waiting for the model, 5 s"],
    [
      "a model that had begun to write",
      [part("step-start", "prt_s"), part("text", "prt_t"), delta("prt_t")],
      "waiting for the model, 5 s",
    ],
  ];
  for (const [what, events, later] of cases) {
    test(`${what}, and then nothing for more than five seconds: ${later}`, () => {
      const telemetry = after(...events);
      expect(telemetry.report(NOW + 5000).activity).not.toBe("silent");
      expect(telemetry.report(NOW + 5001).activity).toBe(later);
    });
  }

  test("how long the model has said nothing is told anew each time, also after 16 s", () => {
    const telemetry = after(part("step-start", "prt_s"));
    expect(telemetry.report(NOW + 16_700).activity).toBe("waiting for the model, 16 s");
    telemetry.apply(status("busy"), NOW + 20_000);
    expect(telemetry.report(NOW + 23_000).activity).toBe("waiting for the model, 3 s");
  });

  test("nobody waits for the model once the step, or the turn, has ended", () => {
    const bash = [tool("bash", "running", "prt_a"), tool("bash", "completed", "prt_a")];
    const step = part("step-start", "prt_s");
    expect(after(step, ...bash).report(NOW).activity).toBe("waiting for the model");
    expect(after(step, ...bash, stepFinish("prt_f")).report(NOW).activity).toBe("silent");
    expect(after(step, status("idle")).report(NOW).activity).toBe("silent");
  });

  test("the next token ends it", () => {
    const telemetry = after(part("text", "prt_t"), delta("prt_t"));
    telemetry.apply(delta("prt_t"), NOW + 60_000);
    expect(telemetry.report(NOW + 60_001)).toMatchObject({ activity: "writing", lastActivityAt: NOW + 60_000 });
  });

  test("the first sign of life after it is news, whatever it is", () => {
    const telemetry = after(part("text", "prt_t"), delta("prt_t"));
    expect(telemetry.apply(delta("prt_t"), NOW + 5000)).toBe(false);
    expect(telemetry.apply(delta("prt_t"), NOW + 10_001)).toBe(true);
  });

  test("a native subagent that works is a sign of life", () => {
    const telemetry = after(tool("task", "running", "prt_a"));
    telemetry.apply(part("step-start", "prt_s", SUB), NOW + 9000);
    expect(telemetry.report(NOW + 9000).lastActivityAt).toBe(NOW + 9000);
  });
});

test("the agent that really runs is the one its answers name", () => {
  expect(after(message("user", "mimir")).report(NOW).agent).toBeNull();
  expect(after(message("assistant", "build")).report(NOW).agent).toBe("build");
});

test("a change is worth a report, more of the same is not", () => {
  const telemetry = after(part("text", "prt_t"));
  const changes = [delta("prt_t"), delta("prt_t"), tool("bash", "running", "prt_a"), tool("bash", "running", "prt_a")];
  expect(changes.map((event) => telemetry.apply(event, NOW))).toEqual([true, false, true, false]);
});
