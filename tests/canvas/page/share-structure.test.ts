import { expect, test } from "bun:test";
import { shareStructure } from "../../../src/canvas/page/sync/share-structure.ts";
import { retitle, samplePlan } from "./sample-plan.ts";
import { showPending } from "../../../src/canvas/page/sync/show-pending.ts";
import { NOW } from "./sample-plan.ts";

test("an equal plan from the server is the very object that was there", () => {
  const before = samplePlan();
  expect(shareStructure(before, samplePlan())).toBe(before);
});

test("only what has changed is new: other elements stay the very objects, wherever they are in the list", () => {
  const before = samplePlan();
  const after = shareStructure(before, {
    ...samplePlan(),
    elements: samplePlan()
      .elements.toReversed()
      .map((one) => (one.id === "el_b" ? { ...one, title: "new" } : one)),
  });
  expect(after.elements.map(({ id }) => id)).toEqual(["el_c", "el_b", "el_a"]);
  expect(after.elements[0]).toBe(before.elements[2]);
  expect(after.elements[2]).toBe(before.elements[0]);
  expect(after.elements[1]).not.toBe(before.elements[1]);
  expect(after.connections).toBe(before.connections);
});

test("a key that is gone, or called __proto__, makes another object", () => {
  const before = { a: 1, b: 2 };
  expect(shareStructure<object>(before, { a: 1 })).toEqual({ a: 1 });
  const hostile = JSON.parse('{"a":1,"__proto__":{"polluted":true}}') as object;
  expect(Reflect.get(shareStructure({ a: 1 }, hostile), "polluted")).toBeUndefined();
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test("edits that wait are shown on top of the server's plan; one that no longer goes is left out, and the rest stays", () => {
  const pending = [
    { id: "1", operations: [retitle("el_gone", "lost")] },
    { id: "2", operations: [retitle("el_b", "mine", "old text that somebody changed")] },
    { id: "3", operations: [retitle("el_c", "mine", "el_c")] },
  ];
  const shown = showPending(samplePlan(), pending, NOW);
  expect(shown.elements.map(({ title }) => title)).toEqual(["el_a", "el_b", "mine"]);
});
