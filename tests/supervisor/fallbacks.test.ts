import { expect, test } from "bun:test";
import { Fallbacks, GO_ON, modelNamed, nameOf, withTried } from "../../src/supervisor/fallbacks.ts";
import type { Instance } from "../../src/supervisor/instance.ts";
import type { TurnEvidence } from "../../src/supervisor/outcome.ts";
import { transition } from "../../src/supervisor/transition.ts";
import { sampleInstance, exited } from "./sample-instance.ts";

const MINUTE = 60_000;

function among(models: Record<string, readonly string[]> = {}, autoContinue = 1) {
  const clock = { at: 1_000_000, now: () => clock.at };
  const modelsFor = (agent: string) => (models[agent] ?? []).map(modelNamed);
  return { clock, fallbacks: new Fallbacks({ clock, modelsFor, autoContinue }) };
}

const running = (given: Partial<Instance> = {}): Instance => ({
  ...sampleInstance(),
  ...{ agent: "thor", model: modelNamed("p/a"), sessionId: "ses_a" },
  state: { status: "running", startedAt: 1, process: null, ending: null, intervention: null },
  ...given,
});
const failed = { status: "failed", reason: "session_error", error: "no key" } as const;
const seen = (trouble: TurnEvidence["trouble"]): TurnEvidence => ({
  ...{ cause: exited(1), lastErrorLines: [], words: [] },
  ...(trouble === undefined ? {} : { trouble }),
});
const replaced = (instance: Instance, fallback: ReturnType<Fallbacks["next"]>) =>
  transition(instance, { type: "turn_replaced", at: 5, exitCode: 1, signal: null, fallback }).instance;

test("the next model of the list goes on in the same session, and the record says what was tried", () => {
  const { fallbacks } = among({ thor: ["p/a", "p/b", "q/c"] });
  const second = replaced(running({ definition: "hash" }), fallbacks.after(running(), seen("refuses"), failed));
  expect(second).toMatchObject({ model: modelNamed("p/b"), modelsTried: [{ model: "p/a", error: "no key" }] });
  expect(second.definition).toBeUndefined();
  expect(second.turns.at(-1)).toMatchObject({ kind: "fallback", prompt: GO_ON });
  const third = replaced(second, fallbacks.after(second, seen("refuses"), failed));
  expect(nameOf(third.model)).toBe("q/c");
  expect(fallbacks.after(third, seen("refuses"), failed)).toBeUndefined();
  expect(withTried(failed, third)).toEqual({
    ...failed,
    error: "p/a: no key | p/b: no key | q/c: no key",
  });
});

test("an agent's own list comes first, and is all that there is for it", () => {
  const { fallbacks } = among({ thor: ["p/b"] });
  expect(fallbacks.next(running({ fallback: [modelNamed("q/c")] }), "x")?.model).toEqual(modelNamed("q/c"));
  expect(fallbacks.next(running({ fallback: [] }), "x")).toBeUndefined();
});

test("what another model would meet as well, or nobody but the agent has done, is no reason for one", () => {
  const { fallbacks } = among({ thor: ["p/b"] });
  expect(fallbacks.after(running(), seen(undefined), failed)).toBeUndefined();
  for (const reason of ["permission_denied", "loop_guard", "budget", "exit_nonzero"] as const) {
    expect(fallbacks.after(running(), seen("refuses"), { status: "failed", reason })).toBeUndefined();
  }
  expect(fallbacks.after(running(), seen("refuses"), { status: "done" })).toBeUndefined();
});

test("one that failed is left out by all agents for a while, unless there is no other", () => {
  const { clock, fallbacks } = among({ thor: ["p/b", "q/c"] });
  fallbacks.next(running({ model: modelNamed("p/b") }), "overloaded");
  expect(fallbacks.next(running(), "x")?.model).toEqual(modelNamed("q/c"));
  const other = running({ model: modelNamed("p/b") });
  expect(fallbacks.first(other)).toMatchObject({
    model: modelNamed("q/c"),
    modelsTried: [{ model: "p/b", error: "left out, since it failed: overloaded" }],
  });
  fallbacks.next(running({ model: modelNamed("q/c") }), "x");
  expect(fallbacks.first(other)).toBe(other);
  expect(fallbacks.next(running(), "x")?.model).toEqual(modelNamed("p/b"));
  clock.at += 11 * MINUTE;
  expect(fallbacks.first(other)).toBe(other);
});

test("a turn that was cut short goes on once by itself where no other model is there", () => {
  const { fallbacks } = among();
  for (const trouble of ["cut", "died"] as const) {
    const again = fallbacks.after(running(), seen(trouble), failed);
    expect(again).toEqual({ prompt: GO_ON, model: modelNamed("p/a"), error: null });
    const second = replaced(running(), again);
    expect(second.modelsTried).toBeUndefined();
    expect(fallbacks.after(second, seen(trouble), failed)).toBeUndefined();
  }
  expect(among({}, 0).fallbacks.after(running(), seen("cut"), failed)).toBeUndefined();
});

test("an end says what each model said, and for a further turn none of them was tried", () => {
  const tried = running({ model: modelNamed("q/c"), modelsTried: [{ model: "p/a", error: "no money" }] });
  const how = { exitCode: 1, signal: null, resultPreview: null };
  const ended = transition(tried, { type: "ended", at: 9, outcome: failed, ...how }).instance;
  expect(ended).toMatchObject({ state: { error: "p/a: no money | q/c: no key" }, modelsTried: [{ model: "p/a" }] });
  const asked = transition(ended, { type: "follow_up_requested", at: 10, prompt: "Go on." }).instance;
  const next = transition(asked, { type: "next_turn_opened", at: 10 }).instance;
  expect(next).toMatchObject({ state: { status: "queued" }, model: modelNamed("q/c") });
  expect(next.modelsTried).toBeUndefined();
});
