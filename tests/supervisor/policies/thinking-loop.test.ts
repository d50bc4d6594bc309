import { describe, expect, test } from "bun:test";
import { thinkingLoopPolicy } from "../../../src/supervisor/policies/thinking-loop.ts";
import { INTERVENTION } from "../../../src/supervisor/policies/intervention.ts";
import { REACTION_MS, THINKING_MS, watched } from "./policy-rig.ts";

type Watched = ReturnType<typeof watched>;

function watchedWith(maxInterventions: number): Watched {
  return watched(thinkingLoopPolicy({ timeoutMs: THINKING_MS, maxInterventions }));
}

async function noAnswer(): Promise<never> {
  throw new Error("the host is busy");
}

/** A turn that only thinks, to the moment of the reaction. */
function thinkToTheLimit({ clock, report }: Watched): void {
  report({ activity: "thinking" }, { thinkingSince: clock.now() });
  clock.advance(THINKING_MS + REACTION_MS);
}

describe("an agent that only thinks", () => {
  test("is helped out at the limit, not before, and not much later", () => {
    const run = watchedWith(1);
    run.report({ activity: "thinking" }, { thinkingSince: run.clock.now() });
    run.clock.advance(THINKING_MS);
    expect(run.prompts).toEqual([]);
    run.clock.advance(REACTION_MS);
    expect(run.prompts).toEqual([expect.stringContaining("make one call of a tool that you have")]);
    expect(run.ends).toEqual([]);
    expect(run.clock.pending).toBe(0);
  });

  test("is told how its thoughts ended, and what it can do", async () => {
    const offers = ["read a file", "run a command"];
    const policy = thinkingLoopPolicy({ timeoutMs: THINKING_MS, maxInterventions: 1, offersOf: async () => offers });
    const run = watched(policy);
    await Promise.resolve();
    run.report({ activity: "thinking" }, { thinkingSince: run.clock.now(), lastWords: 'half of "it", and so on' });
    run.clock.advance(THINKING_MS + REACTION_MS);
    expect(run.prompts[0]).toStartWith(INTERVENTION);
    expect(run.prompts[0]).toContain('Your thoughts ended with "…of \\"it\\", and so on".');
    expect(run.prompts[0]).toContain("now: read a file, or run a command. If");
  });

  test("is helped out in time where nobody knows what it can do", async () => {
    const run = watched(thinkingLoopPolicy({ timeoutMs: THINKING_MS, maxInterventions: 1, offersOf: noAnswer }));
    await Promise.resolve();
    thinkToTheLimit(run);
    expect(run.prompts).toEqual([expect.stringContaining("a tool that you have")]);
  });

  test("goes on being heard while it thinks: that is no silence, and no way out", () => {
    const run = watchedWith(1);
    const thinkingSince = run.clock.now();
    for (let times = 0; times < 60; times++) {
      run.report({ activity: "thinking" }, { thinkingSince });
      run.clock.advance(5000);
    }
    run.clock.advance(REACTION_MS);
    expect(run.prompts.length).toBe(1);
  });

  test("has not thought while the opencode itself stood still", () => {
    const run = watchedWith(1);
    const thinkingSince = run.clock.now();
    run.report({ activity: "thinking" }, { thinkingSince });
    run.clock.advance(60_000);
    run.clock.standStill(7_200_000);
    run.report({ activity: "thinking" }, { thinkingSince });
    run.clock.advance(THINKING_MS - 1000);
    expect(run.prompts).toEqual([]);
    run.clock.advance(1000 + REACTION_MS);
    expect(run.prompts.length).toBe(1);
  });

  test("is ended when that does not help", () => {
    const run = watchedWith(1);
    thinkToTheLimit(run);
    run.turnStarted();
    thinkToTheLimit(run);
    expect(run.prompts.length).toBe(1);
    expect(run.ends).toEqual([
      { status: "failed", reason: "thinking_loop", error: expect.stringContaining("300000 ms (backgroundThinking") },
    ]);
  });

  test("gets the whole time again with each intervention, as often as is allowed", () => {
    const run = watchedWith(3);
    for (let times = 0; times < 3; times++) {
      thinkToTheLimit(run);
      expect([run.prompts.length, run.ends.length]).toEqual([times + 1, 0]);
      run.turnStarted();
    }
    thinkToTheLimit(run);
    expect([run.prompts.length, run.ends.length]).toEqual([3, 1]);
  });

  test("is ended at once where none is allowed", () => {
    const run = watchedWith(0);
    thinkToTheLimit(run);
    expect([run.prompts.length, run.reasons()]).toEqual([0, ["thinking_loop"]]);
    expect(run.ends[0]!.error).not.toContain("did not help");
  });
});

describe("an agent that acts", () => {
  test("may think again for the whole time", () => {
    const run = watchedWith(1);
    for (let times = 0; times < 5; times++) {
      run.report({ activity: "thinking" }, { thinkingSince: run.clock.now(), hasActed: true });
      run.clock.advance(THINKING_MS - 1);
      run.report({ activity: "tool read" }, { phase: "tool", hasActed: true });
      run.clock.advance(THINKING_MS);
    }
    expect([run.prompts, run.ends]).toEqual([[], []]);
  });

  test("after an intervention gets it back", () => {
    const run = watchedWith(1);
    for (let times = 0; times < 4; times++) {
      thinkToTheLimit(run);
      run.turnStarted();
      run.report({ activity: "writing" }, { hasActed: true });
    }
    expect([run.prompts.length, run.ends]).toEqual([4, []]);
  });

  test("in the turn that is stopped does not get it back", () => {
    const run = watchedWith(1);
    thinkToTheLimit(run);
    run.report({ activity: "writing" }, { hasActed: true });
    run.turnStarted();
    thinkToTheLimit(run);
    expect([run.prompts.length, run.ends.length]).toEqual([1, 1]);
  });
});

describe("an agent that repeats itself", () => {
  test("is helped out at once", () => {
    const run = watchedWith(1);
    run.report({ activity: "thinking" }, { thinkingSince: run.clock.now(), repeatsItself: true });
    expect(run.prompts.length).toBe(1);
    expect(run.clock.pending).toBe(0);
  });

  test("is asked once, however often it says so before its turn is stopped", () => {
    const run = watchedWith(1);
    for (let times = 0; times < 5; times++) run.report({}, { repeatsItself: true });
    expect([run.prompts.length, run.ends.length]).toEqual([1, 0]);
  });

  test("in its answers is ended as well: a text that becomes a loop gives nothing back", () => {
    const run = watchedWith(1);
    for (let times = 0; times < 2; times++) {
      run.report({ activity: "writing" }, { hasActed: true });
      run.report({ activity: "writing" }, { hasActed: true, repeatsItself: true });
      run.turnStarted();
    }
    expect([run.prompts.length, run.reasons()]).toEqual([1, ["thinking_loop"]]);
    expect(run.ends[0]!.error).toContain("repeated the same text");
  });

  test("after it has used a tool in this turn gets another intervention", () => {
    const run = watchedWith(1);
    for (let times = 1; times < 4; times++) {
      run.report({ toolCallCount: times }, { phase: "tool", hasActed: true });
      run.report({}, { hasActed: true, repeatsItself: true });
      run.turnStarted();
    }
    expect([run.prompts.length, run.ends]).toEqual([3, []]);
  });
});

test("a child without a voice is not judged by what it thinks", () => {
  const run = watchedWith(1);
  run.report({ voice: false, liveness: null });
  run.clock.advance(100 * THINKING_MS);
  expect([run.prompts, run.ends]).toEqual([[], []]);
});

test("nothing is left once it is disposed", () => {
  const run = watchedWith(1);
  run.report({}, { thinkingSince: run.clock.now() });
  expect(run.clock.pending).toBeGreaterThan(0);
  run.dispose();
  expect(run.clock.pending).toBe(0);
});
