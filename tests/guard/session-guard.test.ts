import { describe, expect, test } from "bun:test";
import { createLadder } from "../../src/guard/ladder.ts";
import { SessionGuard, type AskedCall, type Decision, type SavedGuard } from "../../src/guard/session-guard.ts";
import { defaultThresholds } from "./guarded-host.ts";

const ladder = createLadder(defaultThresholds);
const answer = { digest: "ok:same", isError: false };
let calls = 0;

function freshGuard(saved?: SavedGuard): SessionGuard {
  return new SessionGuard(ladder, saved);
}

/** A call that reads. */
function asked(callId: string, fingerprint = "a", round?: string): AskedCall {
  return { callId, round, tool: "bash", kind: "reading", fingerprint, gist: fingerprint, waits: false };
}

/** Asks for a call, and ends it with the same answer as ever where it may run. */
function make(guard: SessionGuard, fingerprint = "a", round?: string): Decision {
  const callId = `call_${++calls}`;
  const decision = guard.decide(asked(callId, fingerprint, round));
  if (decision.kind === "run") guard.ended({ callId, result: answer, tookMs: 1 });
  return decision;
}

/** A call of a kind that fails; returns with which words a run is ended by it. */
function fail(guard: SessionGuard, digest: string, round?: string): string | undefined {
  const callId = `call_${++calls}`;
  expect(guard.decide(asked(callId, callId, round)).kind).toBe("run");
  return guard.ended({ callId, result: { digest, isError: true }, tookMs: 1 });
}

function makeTimes(count: number, guard: SessionGuard): Decision | undefined {
  let last: Decision | undefined;
  for (let index = 0; index < count; index++) last = make(guard);
  return last;
}

/** The state as it comes back from a file. */
function restored(guard: SessionGuard): SessionGuard {
  return freshGuard(JSON.parse(JSON.stringify(guard.save())) as SavedGuard);
}

function endsRun(decision: Decision): string | undefined {
  return decision.kind === "block" ? decision.endsRun : "it ran";
}

describe("nudges", () => {
  test("stay until the step has started: a request that is tried again asks again", () => {
    const guard = freshGuard();
    makeTimes(3, guard);
    const offered = [[...guard.offerNudges()], [...guard.offerNudges()]];
    expect(offered.map(({ length }) => length)).toEqual([1, 1]);
    expect(guard.stepStarted()).toBe(true);
    expect(guard.offerNudges()).toEqual([]);
  });

  test("queue: none overwrites another", () => {
    const guard = freshGuard();
    makeTimes(3, guard);
    guard.addNudge("another");
    expect(guard.offerNudges().map((text) => text.slice(0, 12))).toEqual(["[loop guard:", "another"]);
  });

  test("the same one waits only once", () => {
    const guard = freshGuard();
    guard.addNudge("one");
    guard.addNudge("one");
    expect(guard.offerNudges()).toEqual(["one"]);
  });

  test("one that comes after the request was made is kept for the next step", () => {
    const guard = freshGuard();
    guard.addNudge("first");
    guard.offerNudges();
    guard.addNudge("second");
    guard.stepStarted();
    expect(guard.offerNudges()).toEqual(["second"]);
  });

  test("a step whose request had none takes none", () => {
    const guard = freshGuard();
    guard.addNudge("first");
    expect(guard.stepStarted()).toBe(false);
    expect(guard.offerNudges()).toEqual(["first"]);
  });

  test("no more than ten wait", () => {
    const guard = freshGuard();
    for (let index = 0; index < 1000; index++) guard.addNudge(`nudge ${index}`);
    expect(guard.offerNudges().length).toBe(10);
  });

  test("the user's message makes them void", () => {
    const guard = freshGuard();
    makeTimes(3, guard);
    guard.offerNudges();
    guard.userSpoke();
    guard.addNudge("later");
    guard.stepStarted();
    expect(guard.offerNudges()).toEqual(["later"]);
  });
});

describe("a run in the background is ended", () => {
  const MARKER = "[loop guard: 4 identical calls to bash]";

  test("by the same call, when it is refused for the third time in a row", () => {
    const guard = freshGuard();
    makeTimes(4, guard);
    expect([make(guard), make(guard), make(guard)].map(endsRun)).toEqual([undefined, undefined, MARKER]);
  });

  test("by refused calls of three steps, however many each has", () => {
    const guard = freshGuard();
    makeTimes(4, guard);
    const ends = ["r1", "r1", "r1", "r2", "r3"].map((round) => endsRun(make(guard, "a", round)));
    expect(ends).toEqual([undefined, undefined, undefined, undefined, MARKER]);
  });

  test("not when a call ran in between", () => {
    const guard = freshGuard();
    makeTimes(6, guard);
    make(guard, "b");
    makeTimes(4, guard);
    expect([make(guard), make(guard)].map(endsRun)).toEqual([undefined, undefined]);
  });

  test("not when something was noted down in between", () => {
    const guard = freshGuard();
    makeTimes(6, guard);
    expect(guard.exemptEnded(false)).toBe(true);
    expect(endsRun(make(guard))).toBeUndefined();
    expect([make(guard), make(guard)].map(endsRun)).toEqual([undefined, MARKER]);
  });

  test("not when the user spoke in between", () => {
    const guard = freshGuard();
    makeTimes(6, guard);
    guard.userSpoke();
    makeTimes(4, guard);
    expect(endsRun(make(guard))).toBeUndefined();
  });

  test("by calls that are refused in turns at the tenth only", () => {
    const guard = freshGuard();
    for (let lap = 0; lap < 4; lap++) for (const name of ["a", "b"]) make(guard, name);
    const ends = Array.from({ length: 10 }, (_, index) => endsRun(make(guard, "ab"[index % 2])));
    expect(ends.slice(0, 8)).toEqual(Array(8));
    expect(ends.findIndex((end) => end !== undefined)).toBe(8);
    expect(ends[8]).toBe("[loop guard: 3 laps of a cycle of 2 calls]");
  });

  test("by the twentieth call of a tool that fails with one error, whatever its arguments", () => {
    const guard = freshGuard();
    const ends = Array.from({ length: 20 }, () => fail(guard, "error:1"));
    expect(ends).toEqual([...Array(19), "[loop guard: 20 failing calls to bash with the same error]"]);
  });

  test("also with other errors in between, which count for themselves", () => {
    const guard = freshGuard();
    const ends = Array.from({ length: 39 }, (_, index) => fail(guard, `error:${index % 2}`));
    expect(ends.findIndex((end) => end !== undefined)).toBe(38);
  });

  const successes: [what: string, succeed: (guard: SessionGuard) => void][] = [
    ["any success", (guard) => void make(guard)],
    ["one of a tool that is not guarded", (guard) => void guard.exemptEnded(false)],
    ["the user's message", (guard) => void guard.userSpoke()],
  ];
  for (const [what, succeed] of successes) {
    test(`not by twenty failures with ${what} in between`, () => {
      const guard = freshGuard();
      for (let index = 0; index < 19; index++) fail(guard, "error:1");
      succeed(guard);
      expect(Array.from({ length: 19 }, () => fail(guard, "error:1"))).toEqual(Array(19));
    });
  }

  test("not by twenty failures of one step", () => {
    const guard = freshGuard();
    expect(Array.from({ length: 25 }, () => fail(guard, "error:1", "r1"))).toEqual(Array(25));
  });
});

describe("the answer of a call", () => {
  test("that is not known is ignored", () => {
    const guard = freshGuard();
    guard.ended({ callId: "call_unknown", result: answer, tookMs: 1 });
    expect(guard.save().entries).toEqual([]);
  });

  test("that was refused is no news", () => {
    const guard = freshGuard();
    makeTimes(5, guard);
    const { callId } = guard.save().entries.at(-1)!;
    guard.ended({ callId, result: { digest: "error:refused", isError: true }, tookMs: 1 });
    expect(guard.save().entries.at(-1)).toMatchObject({ isBlocked: true, result: null });
    expect(make(guard).kind).toBe("block");
  });

  test("that still runs does not count", () => {
    const guard = freshGuard();
    for (let index = 0; index < 20; index++) {
      expect(guard.decide(asked(`open_${index}`, "a", `r${index}`)).kind).toBe("run");
    }
  });

  test("goes to the last call of its id: some providers number each step's calls from zero", () => {
    const guard = freshGuard();
    for (let index = 0; index < 5; index++) {
      expect(guard.decide(asked("call_0", "a", `r${index}`)).kind).toBe(index === 4 ? "block" : "run");
      guard.ended({ callId: "call_0", result: answer, tookMs: 1 });
    }
    guard.decide(asked("call_0", "b", "r5"));
    guard.ended({ callId: "call_0", result: answer, tookMs: 1 });
    expect(guard.save().entries.at(-1)).toMatchObject({ fingerprint: "b", result: answer });
  });
});

describe("what outlives the process", () => {
  test("the counts go on where they were", () => {
    const guard = freshGuard();
    makeTimes(4, guard);
    const later = restored(guard);
    expect(make(later)).toMatchObject({ kind: "block", endsRun: undefined });
    make(later);
    expect(make(restored(later))).toMatchObject({ endsRun: "[loop guard: 4 identical calls to bash]" });
  });

  test("so do those of failing calls", () => {
    const guard = freshGuard();
    for (let index = 0; index < 19; index++) fail(guard, "error:1");
    expect(fail(restored(guard), "error:1")).toBeDefined();
  });

  test("nudges that were not heard yet are kept", () => {
    const guard = freshGuard();
    makeTimes(3, guard);
    guard.offerNudges();
    expect(restored(guard).offerNudges()).toEqual(guard.offerNudges());
  });

  test("a call that ran when the process ended never counts", () => {
    const guard = freshGuard();
    makeTimes(3, guard);
    guard.decide(asked("open", "a", "r"));
    expect(restored(guard).save().entries.length).toBe(3);
  });

  test("neither memory nor file grow with the session", () => {
    const guard = freshGuard();
    for (let index = 0; index < 500; index++) make(guard, `print ${index}`);
    expect(guard.save().entries.length).toBe(100);
    const huge: SavedGuard = { ...guard.save(), entries: Array(1000).fill(guard.save().entries[0]) };
    expect(freshGuard(huge).save().entries.length).toBe(100);
  });

  test("of arguments and answers nothing but digests is kept", () => {
    const guard = freshGuard();
    make(guard);
    expect(Object.keys(guard.save().entries[0]!).toSorted()).toEqual([
      "callId",
      "fingerprint",
      "gist",
      "isBlocked",
      "isLong",
      "isNews",
      "kind",
      "result",
      "round",
      "tool",
      "waits",
    ]);
  });
});
