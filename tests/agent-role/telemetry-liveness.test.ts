import { describe, expect, test } from "bun:test";
import type { HostEvent } from "../../src/agent-role/host-event.ts";
import { TelemetryState } from "../../src/agent-role/telemetry.ts";
import type { Liveness } from "../../src/supervisor/instance.ts";
import { delta, OWN, part, sessionCreated, status, stepFinish, SUB, tool } from "./host-events.ts";

/** What the watchdogs are told after these events, each at its time. */
function livenessAfter(...events: (readonly [at: number, event: HostEvent])[]): Liveness {
  const telemetry = new TelemetryState(null, 0, "/project");
  telemetry.apply(sessionCreated(OWN), 0);
  for (const [at, event] of events) telemetry.apply(event, at);
  return telemetry.report(events.at(-1)?.[0] ?? 0).liveness;
}

const step = part("step-start", "prt_s");
const thinks = [
  [10, step],
  [20, part("reasoning", "prt_r")],
  [30, delta("prt_r")],
] as const;

test("the end of what it thought and wrote is told, and no more of it than an intervention quotes", () => {
  const words = Array.from({ length: 400 }, (_, index) => [40 + index, delta("prt_r")] as const);
  expect(livenessAfter(...thinks, ...words.slice(0, 2)).lastWords).toBe("aaa");
  expect(livenessAfter(...thinks, ...words).lastWords).toHaveLength(300);
  expect(livenessAfter([10, step])).not.toHaveProperty("lastWords");
});

describe("the phase and when it began", () => {
  const cases: [what: string, events: (readonly [number, HostEvent])[], phase: Liveness["phase"], since?: number][] = [
    ["nothing yet", [], "model"],
    ["a thought", [...thinks], "model"],
    ["a call that is written", [...thinks, [40, tool("write", "pending", "a")]], "composing", 40],
    [
      "a tool that runs",
      [
        [40, tool("bash", "pending", "a")],
        [50, tool("bash", "running", "a")],
      ],
      "tool",
      50,
    ],
    [
      "a tool that says something",
      [
        [50, tool("bash", "running", "a")],
        [90, tool("bash", "running", "a")],
      ],
      "tool",
      50,
    ],
    [
      "a tool that has ended",
      [
        [50, tool("bash", "running", "a")],
        [60, tool("bash", "completed", "a")],
      ],
      "model",
    ],
    [
      "a native subagent, when it was last heard of",
      [
        [50, tool("task", "running", "a")],
        [90, part("step-start", "s", SUB)],
      ],
      "tool",
      90,
    ],
    ["a wait for the provider", [...thinks, [40, status("retry")]], "retrying", 40],
  ];
  for (const [what, events, phase, since] of cases) {
    test(`${what}: ${phase}${since === undefined ? "" : `, ${since}`}`, () => {
      expect(livenessAfter(...events)).toMatchObject({ phase, ...(since === undefined ? {} : { since }) });
    });
  }
});

describe("calls side by side", () => {
  const both = [
    [10, tool("bash", "running", "a")],
    [20, tool("bash", "running", "b")],
  ] as const;

  test("the oldest one's time counts", () => {
    expect(livenessAfter(...both)).toMatchObject({ phase: "tool", since: 10 });
    expect(livenessAfter(...both, [30, tool("bash", "completed", "b")])).toMatchObject({ phase: "tool", since: 10 });
  });

  test("when it has ended, that of the next one, though the tool has the same name", () => {
    expect(livenessAfter(...both, [30, tool("bash", "completed", "a")])).toMatchObject({ phase: "tool", since: 20 });
  });

  test("a subagent beside a tool does not stand for it", () => {
    const events = [...both, [25, tool("task", "running", "t")], [90, part("step-start", "s", SUB)]] as const;
    expect(livenessAfter(...events)).toMatchObject({ phase: "tool", since: 10 });
  });

  test("one that is still being written goes on being written when another has ended", () => {
    const events = [
      [10, tool("read", "running", "a")],
      [20, tool("write", "pending", "b")],
      [30, tool("read", "completed", "a")],
    ] as const;
    expect(livenessAfter(...events)).toMatchObject({ phase: "composing", since: 20 });
  });

  test("one that was being written when another began to run has had its time from then on", () => {
    const events = [
      [10, tool("write", "pending", "b")],
      [20, tool("read", "running", "a")],
      [30, tool("read", "completed", "a")],
    ] as const;
    expect(livenessAfter(...events)).toMatchObject({ phase: "composing", since: 10 });
  });

  test("the second of two that are written one after the other has a time of its own", () => {
    const events = [
      [10, tool("write", "pending", "a")],
      [500, tool("write", "pending", "b")],
    ] as const;
    expect(livenessAfter(...events)).toMatchObject({ phase: "composing", since: 500 });
  });

  test("one whose request was asked anew is not being written any more", () => {
    const again = [
      [10, tool("write", "pending", "a")],
      [20, status("retry")],
      [30, status("busy")],
    ] as const;
    const events = [...again, [40, tool("read", "running", "b")], [50, tool("read", "completed", "b")]] as const;
    expect(livenessAfter(...events)).toMatchObject({ phase: "model" });
  });
});

describe("a text behind a call that still runs", () => {
  const events = [
    [10, tool("bash", "running", "a")],
    [20, part("text", "prt_t")],
    [30, delta("prt_t")],
  ] as const;

  test("once it has come to its end, the tool is what the agent does, from the tool's own start on", () => {
    const telemetry = new TelemetryState(OWN, 0, "/project");
    for (const [at, event] of events) telemetry.apply(event, at);
    expect(telemetry.report(40)).toMatchObject({ activity: "writing", liveness: { phase: "model" } });
    expect(telemetry.report(6000)).toMatchObject({ activity: "tool bash", liveness: { phase: "tool", since: 10 } });
    telemetry.apply(tool("bash", "completed", "a"), 60_000);
    expect(telemetry.report(60_000)).toMatchObject({ activity: "silent", liveness: { phase: "model" } });
  });

  test("a call that is still being written has been written since its own start", () => {
    const telemetry = new TelemetryState(OWN, 0, "/project");
    telemetry.apply(tool("write", "pending", "a"), 10);
    for (const [at, event] of events.slice(1)) telemetry.apply(event, at);
    expect(telemetry.report(6000)).toMatchObject({ liveness: { phase: "composing", since: 10 } });
  });
});

describe("thinking", () => {
  test("counts from its first word, over all the words that follow", () => {
    expect(livenessAfter(...thinks, [900, delta("prt_r")])).toMatchObject({ thinkingSince: 30, hasActed: false });
  });

  test("is over with a text", () => {
    const events = [...thinks, [40, part("text", "prt_t")], [50, delta("prt_t")]] as const;
    expect(livenessAfter(...events)).toMatchObject({ thinkingSince: null, hasActed: true });
  });

  test("is over with a text, also where a subagent's step ends before its first word", () => {
    const text = [
      [40, part("text", "prt_t")],
      [45, stepFinish("prt_f", SUB)],
      [50, delta("prt_t")],
    ] as const;
    expect(livenessAfter(...thinks, ...text)).toMatchObject({ thinkingSince: null, hasActed: true });
  });

  test("is over with a tool, also one of a subagent's", () => {
    for (const session of [OWN, SUB]) {
      const liveness = livenessAfter(...thinks, [50, tool("read", "pending", "a", session)]);
      expect(liveness).toMatchObject({ thinkingSince: null, hasActed: true });
    }
  });

  test("stands still while the host waits for the provider", () => {
    const waits = [...thinks, [100, status("retry")]] as const;
    expect(livenessAfter(...waits).thinkingSince).toBeNull();
    expect(livenessAfter(...waits, [1100, status("busy")]).thinkingSince).toBe(1030);
    expect(livenessAfter(...waits, [1100, delta("prt_r")]).thinkingSince).toBe(1030);
  });
});
