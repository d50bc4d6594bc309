import { describe, expect, test } from "bun:test";
import type { Liveness, Progress } from "../../../src/supervisor/instance.ts";
import { silencePolicy } from "../../../src/supervisor/policies/silence.ts";
import type { Timer } from "../../../src/lib/clock.ts";
import { FakeClock } from "../fake-clock.ts";
import { sampleInstance } from "../sample-instance.ts";
import { REACTION_MS, STALL_MS, TOOL_MS, watched } from "./policy-rig.ts";

const COMPOSING_MS = 600_000;
const policy = silencePolicy({ stallTimeoutMs: STALL_MS, toolTimeoutMs: TOOL_MS });

/** Like the timers of the system: one that is too long runs at once. */
class SystemLikeClock extends FakeClock {
  override after(delayMs: number, run: () => void): Timer {
    return super.after(delayMs > 2_147_483_647 ? 1 : delayMs, run);
  }
}

interface Row {
  readonly what: string;
  /** What the agent reports now, and then nothing more. */
  readonly report: (now: number) => readonly [Partial<Progress>, Partial<Liveness>?];
  /** After how long it is ended. */
  readonly afterMs: number;
  readonly reason: "stalled" | "tool_stuck";
  readonly words: string;
}

const table: Row[] = [
  {
    what: "a tool that runs",
    report: (now) => [{ activity: "tool bash" }, { phase: "tool", tool: "bash", since: now }],
    afterMs: TOOL_MS,
    reason: "tool_stuck",
    words: 'The tool "bash" ran',
  },
  {
    what: "a tool that has run for a while",
    report: (now) => [{ activity: "tool bash" }, { phase: "tool", since: now - 1000 }],
    afterMs: TOOL_MS - 1000,
    reason: "tool_stuck",
    words: "(backgroundToolTimeoutMs)",
  },
  {
    what: "a tool that waits for a person, which ends by itself after half an hour",
    report: (now) => [{}, { phase: "tool", tool: "bizar_wait_for_feedback", since: now }],
    afterMs: Math.max(TOOL_MS, 1_860_000),
    reason: "tool_stuck",
    words: "bizar_wait_for_feedback",
  },
  {
    what: "a call that is being written",
    report: (now) => [{ activity: "composing write" }, { phase: "composing", since: now }],
    afterMs: COMPOSING_MS,
    reason: "stalled",
    words: "writing a tool call",
  },
  {
    what: "a model that is silent",
    report: () => [{ activity: "silent" }, { phase: "model" }],
    afterMs: STALL_MS,
    reason: "stalled",
    words: "(backgroundStallTimeoutMs)",
  },
  {
    what: "a model that was last heard of a while ago",
    report: (now) => [{ lastActivityAt: now - 1000 }, { phase: "model" }],
    afterMs: STALL_MS - 1000,
    reason: "stalled",
    words: "was silent for 180000 ms",
  },
  {
    what: "a host that waits for its provider, from the announced time on",
    report: (now) => [{ activity: "retrying" }, { phase: "retrying", retryAt: now + 3_600_000 }],
    afterMs: 3_600_000 + STALL_MS,
    reason: "stalled",
    words: "was silent",
  },
  {
    what: "a retry that was due before the last sign of life",
    report: (now) => [{ activity: "retrying" }, { phase: "retrying", retryAt: now - 5000 }],
    afterMs: STALL_MS,
    reason: "stalled",
    words: "was silent",
  },
  {
    what: "a retry without a time",
    report: () => [{ activity: "retrying" }, { phase: "retrying", retryAt: null }],
    afterMs: STALL_MS,
    reason: "stalled",
    words: "was silent",
  },
  {
    what: "a retry in a month, which is longer than a timer can be",
    report: (now) => [{ activity: "retrying" }, { phase: "retrying", retryAt: now + 2_592_000_000 }],
    afterMs: 2_592_000_000 + STALL_MS,
    reason: "stalled",
    words: "was silent",
  },
  {
    what: "a child without a voice",
    report: () => [{ activity: "unknown", voice: false, liveness: null }],
    afterMs: TOOL_MS,
    reason: "stalled",
    words: "pipes",
  },
];

describe("each state has a limit of its own", () => {
  for (const { what, report, afterMs, reason, words } of table) {
    test(`${what}: ${afterMs} ms, ${reason}`, () => {
      const { clock, ends, report: tell } = watched(policy, sampleInstance(), new SystemLikeClock());
      clock.advance(12_345);
      tell(...report(clock.now()));
      clock.advance(afterMs);
      expect(ends).toEqual([]);
      clock.advance(REACTION_MS);
      expect(ends).toEqual([{ status: "failed", reason, error: expect.stringContaining(words) }]);
      expect(clock.pending).toBe(0);
    });
  }
});

describe("the clock starts anew", () => {
  test("with each sign of life of the model", () => {
    const { clock, ends, report } = watched(policy);
    for (let times = 0; times < 50; times++) {
      report({}, { phase: "model" });
      clock.advance(STALL_MS);
    }
    expect(ends).toEqual([]);
  });

  test("with the next call that is written", () => {
    const { clock, ends, report } = watched(policy);
    for (let times = 0; times < 10; times++) {
      report({}, { phase: "composing", since: clock.now() });
      clock.advance(COMPOSING_MS);
    }
    expect(ends).toEqual([]);
  });

  test("when the tool has ended", () => {
    const { clock, ends, report } = watched(policy);
    report({ activity: "tool bash" }, { phase: "tool", since: clock.now() });
    clock.advance(TOOL_MS);
    report({}, { phase: "model" });
    clock.advance(STALL_MS);
    expect(ends).toEqual([]);
  });

  test("with the turn of an intervention", () => {
    const { clock, ends, report, turnStarted } = watched(policy);
    report({}, { phase: "model" });
    clock.advance(STALL_MS - 1);
    turnStarted();
    clock.advance(STALL_MS);
    expect(ends).toEqual([]);
    clock.advance(REACTION_MS);
    expect(ends.length).toBe(1);
  });
});

test("reports that say no more than that the tool still runs do not keep it alive", () => {
  const { clock, reasons, report } = watched(policy);
  const since = clock.now();
  for (let times = 0; times < 360; times++) {
    report({ activity: "tool bash" }, { phase: "tool", since });
    clock.advance(5000);
  }
  clock.advance(REACTION_MS);
  expect(reasons()).toEqual(["tool_stuck"]);
});

describe("an agent that has just been started", () => {
  const long = 100 * TOOL_MS;

  test("has not been silent since it was asked for: it may have waited for its place", () => {
    const clock = new FakeClock();
    clock.advance(long);
    const { ends } = watched(policy, sampleInstance("pending"), clock);
    clock.advance(TOOL_MS);
    expect(ends).toEqual([]);
    clock.advance(REACTION_MS);
    expect(ends.length).toBe(1);
  });

  test("is not judged by what its last turn did", () => {
    const { progress } = sampleInstance();
    const liveness: Liveness = {
      phase: "tool",
      since: 0,
      retryAt: null,
      thinkingSince: 0,
      hasActed: true,
      repeatsItself: true,
    };
    const { clock, ends } = watched(
      policy,
      sampleInstance("pending", { progress: { ...progress, voice: true, liveness } }),
    );
    clock.advance(STALL_MS);
    expect(ends).toEqual([]);
  });
});

describe("time in which the opencode itself stood still is nobody's silence", () => {
  const silent: [what: string, activity: string, liveness: (now: number) => Partial<Liveness>, limitMs: number][] = [
    ["a model that is silent", "silent", () => ({ phase: "model" }), STALL_MS],
    ["a call that is written", "composing write", (now) => ({ phase: "composing", since: now }), COMPOSING_MS],
    ["a tool that runs", "tool bash", (now) => ({ phase: "tool", since: now }), TOOL_MS],
    [
      "a provider that is waited for",
      "retrying",
      (now) => ({ phase: "retrying", retryAt: now + 5000 }),
      STALL_MS + 5000,
    ],
  ];
  for (const [what, activity, liveness, limitMs] of silent) {
    test(`${what} has its whole limit again when it passed meanwhile`, () => {
      const { clock, ends, report } = watched(policy);
      report({ activity }, liveness(clock.now()));
      clock.advance(2000);
      clock.standStill(2 * TOOL_MS);
      expect(ends).toEqual([]);
      clock.advance(Math.min(limitMs, STALL_MS) - 1000);
      expect(ends).toEqual([]);
      clock.advance(limitMs);
      expect(ends).toHaveLength(1);
    });
  }

  test("what was written before the pause and is read after it starts a whole limit", () => {
    const { clock, ends, report } = watched(policy);
    report({}, { phase: "model" });
    clock.advance(2000);
    const lastActivityAt = clock.now();
    clock.sleep(STALL_MS + 6000);
    report({ lastActivityAt }, { phase: "model" });
    clock.advance(STALL_MS - 1000);
    expect(ends).toEqual([]);
    clock.advance(1000 + REACTION_MS);
    expect(ends).toHaveLength(1);
  });

  test("several pauses, each shorter than the limit, do not add up", () => {
    const { clock, ends, report } = watched(policy);
    report({}, { phase: "model" });
    for (let times = 0; times < 10; times++) {
      clock.advance(10_000);
      clock.standStill(STALL_MS - 30_000);
    }
    expect(ends).toEqual([]);
    clock.advance(STALL_MS);
    expect(ends).toHaveLength(1);
  });
});

test("nothing is left once it is disposed", () => {
  const { clock, dispose, report } = watched(policy);
  report({}, { phase: "model" });
  expect(clock.pending).toBeGreaterThan(0);
  dispose();
  expect(clock.pending).toBe(0);
});

test("a start is no silence: it has a minute, however short the limits of an agent at work are", () => {
  const { clock, ends, report, turnStarted } = watched(
    silencePolicy({ stallTimeoutMs: 10_000, toolTimeoutMs: 20_000 }),
  );
  clock.advance(59_000);
  report();
  clock.advance(9000);
  turnStarted();
  clock.advance(59_000);
  expect(ends).toEqual([]);
  report();
  clock.advance(10_000 + REACTION_MS);
  expect(ends).toMatchObject([{ reason: "stalled" }]);
});
