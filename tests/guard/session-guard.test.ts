import { describe, expect, test } from "bun:test";
import { createLadder } from "../../src/guard/ladder.ts";
import { SessionGuard, type Decision, type SavedGuard } from "../../src/guard/session-guard.ts";
import { defaultThresholds } from "./guarded-host.ts";

const ladder = createLadder(defaultThresholds);
const answer = { digest: "ok:same", isError: false };
let calls = 0;

function freshGuard(saved?: SavedGuard): SessionGuard {
  return new SessionGuard(ladder, saved);
}

/** Asks for a call, and ends it with the same answer as ever where it may run. */
function make(guard: SessionGuard, fingerprint = "a", round?: string): Decision {
  const callId = `call_${++calls}`;
  const decision = guard.decide({ callId, round, tool: "bash", fingerprint, waits: false });
  if (decision.kind === "run") guard.ended(callId, answer);
  return decision;
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

function inARow(decision: Decision): number {
  return decision.kind === "block" ? decision.blocksInARow : 0;
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

describe("refused calls in a row", () => {
  test("are counted", () => {
    const guard = freshGuard();
    makeTimes(4, guard);
    expect([make(guard), make(guard), make(guard)].map(inARow)).toEqual([1, 2, 3]);
  });

  test("those of one step count once", () => {
    const guard = freshGuard();
    makeTimes(4, guard);
    expect(["r1", "r1", "r1", "r2"].map((round) => inARow(make(guard, "a", round)))).toEqual([1, 1, 1, 2]);
  });

  test("a call that runs in between ends the row", () => {
    const guard = freshGuard();
    makeTimes(6, guard);
    make(guard, "b");
    makeTimes(4, guard);
    expect(inARow(make(guard))).toBe(1);
  });

  test("so does the user's message", () => {
    const guard = freshGuard();
    makeTimes(6, guard);
    guard.userSpoke();
    makeTimes(4, guard);
    expect(inARow(make(guard))).toBe(1);
  });
});

describe("the answer of a call", () => {
  test("that is not known is ignored", () => {
    const guard = freshGuard();
    guard.ended("call_unknown", answer);
    expect(guard.save().entries).toEqual([]);
  });

  test("that was refused is no news", () => {
    const guard = freshGuard();
    makeTimes(5, guard);
    const { callId } = guard.save().entries.at(-1)!;
    guard.ended(callId, { digest: "error:refused", isError: true });
    expect(guard.save().entries.at(-1)).toMatchObject({ isBlocked: true, result: null });
    expect(make(guard)).toMatchObject({ kind: "block", blocksInARow: 2 });
  });

  test("that still runs does not count", () => {
    const guard = freshGuard();
    for (let index = 0; index < 20; index++) {
      const call = { callId: `open_${index}`, round: `r${index}`, tool: "bash", fingerprint: "a", waits: false };
      expect(guard.decide(call).kind).toBe("run");
    }
  });

  test("goes to the last call of its id: some providers number each step's calls from zero", () => {
    const guard = freshGuard();
    for (let index = 0; index < 5; index++) {
      const call = { callId: "call_0", round: `r${index}`, tool: "bash", fingerprint: "a", waits: false };
      expect(guard.decide(call).kind).toBe(index === 4 ? "block" : "run");
      guard.ended("call_0", answer);
    }
    guard.decide({ callId: "call_0", round: "r5", tool: "bash", fingerprint: "b", waits: false });
    guard.ended("call_0", answer);
    expect(guard.save().entries.at(-1)).toMatchObject({ fingerprint: "b", result: answer });
  });
});

describe("what outlives the process", () => {
  test("the counts go on where they were", () => {
    const guard = freshGuard();
    makeTimes(4, guard);
    const later = restored(guard);
    expect(make(later)).toMatchObject({ kind: "block", marker: "[loop guard: 5 identical calls to bash]" });
    expect(make(restored(later))).toMatchObject({ kind: "block", blocksInARow: 2 });
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
    guard.decide({ callId: "open", round: "r", tool: "bash", fingerprint: "a", waits: false });
    expect(restored(guard).save().entries.length).toBe(3);
  });

  test("neither memory nor file grow with the session", () => {
    const guard = freshGuard();
    for (let index = 0; index < 500; index++) make(guard, `print ${index}`);
    expect(guard.save().entries.length).toBe(50);
    const huge: SavedGuard = { ...guard.save(), entries: Array(1000).fill(guard.save().entries[0]) };
    expect(freshGuard(huge).save().entries.length).toBe(50);
  });

  test("of arguments and answers nothing but digests is kept", () => {
    const guard = freshGuard();
    make(guard);
    expect(Object.keys(guard.save().entries[0]!).toSorted()).toEqual([
      "callId",
      "fingerprint",
      "isBlocked",
      "isNews",
      "result",
      "round",
      "tool",
      "waits",
    ]);
  });
});
