import { expect, test } from "bun:test";
import { inverseOperations, stillPossible } from "../../../src/canvas/page/sync/inverse-operations.ts";
import { unlessMovedSince } from "../../../src/canvas/page/sync/unless-moved-since.ts";
import {
  forget,
  NO_HISTORY,
  remember,
  stepBack,
  stepForward,
  type Step,
} from "../../../src/canvas/page/sync/undo-history.ts";
import { applyOperations } from "../../../src/plans/apply-operations.ts";
import type { Operation } from "../../../src/plans/operations.ts";
import type { Plan } from "../../../src/plans/plan.ts";
import { element, NOW, retitle, samplePlan } from "./sample-plan.ts";

function apply(plan: Plan, operations: readonly Operation[]): Plan {
  const applied = applyOperations(plan, { kind: "person" }, operations, NOW);
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.plan;
}

function sorted(list: readonly { readonly id: string }[]): unknown {
  return list.toSorted((a, b) => a.id.localeCompare(b.id));
}

/** What a person sees of a plan, in an order of its own: what comes back may come back at the end. */
function seen({ title, elements, connections, comments }: Plan): unknown {
  return { title, elements: sorted(elements), connections: sorted(connections), comments: sorted(comments) };
}

const ACTIONS: readonly (readonly [string, readonly Operation[]])[] = [
  ["adding an element", [{ op: "add_element", element: element("el_new") }]],
  ["writing a text", [retitle("el_a", "new")]],
  [
    "moving several",
    [
      { op: "update_element", id: "el_a", changes: { x: 5 } },
      { op: "update_element", id: "el_b", changes: { y: 7 } },
    ],
  ],
  ["deleting an element with its connections and comments", [{ op: "delete_element", id: "el_a" }]],
  [
    "deleting two that are connected",
    [
      { op: "delete_element", id: "el_a" },
      { op: "delete_element", id: "el_b" },
    ],
  ],
  [
    "deleting a connection and one of its ends",
    [
      { op: "delete_connection", id: "conn_ab" },
      { op: "delete_element", id: "el_b" },
    ],
  ],
  ["connecting", [{ op: "add_connection", connection: { id: "conn_new", from: "el_b", to: "el_c" } }]],
  ["writing a label", [{ op: "update_connection", id: "conn_ab", changes: { label: "next" } }]],
  ["commenting", [{ op: "add_comment", comment: { id: "c_new", elementId: null, x: 1, y: 2, text: "So?" } }]],
  ["naming the plan", [{ op: "set_title", title: "Other" }]],
];

test.each(ACTIONS)("%s is taken back whole, and can be done again", (_name, operations) => {
  const before = samplePlan();
  const after = apply(before, operations);
  expect(seen(after)).not.toEqual(seen(before));
  const undone = apply(after, inverseOperations(before, operations) ?? []);
  expect(seen(undone)).toEqual(seen(before));
  expect(seen(apply(undone, operations))).toEqual(seen(after));
});

test("checking a task and answering a question that had no answer are taken back", () => {
  const before = samplePlan();
  const operations: Operation[] = [{ op: "update_element", id: "el_a", changes: { done: true, answer: "yes" } }];
  const undone = apply(apply(before, operations), inverseOperations(before, operations) ?? []);
  expect(undone.elements[0]?.done ?? false).toBe(false);
  expect(undone.elements[0]?.answer ?? "").toBe("");
});

test("a comment that has no place of its own on its element has none when the element is back", () => {
  const [comment] = samplePlan().comments;
  const { x: _x, y: _y, ...unplaced } = comment!;
  const before = samplePlan({ comments: [unplaced] });
  const operations: Operation[] = [{ op: "delete_element", id: "el_a" }];
  const undone = apply(apply(before, operations), inverseOperations(before, operations) ?? []);
  expect(undone.comments).toEqual([unplaced]);
});

test("an element comes back though others have deleted what it was connected to, and its comment", () => {
  const before = samplePlan();
  const operations: Operation[] = [{ op: "delete_element", id: "el_a" }];
  const inverse = inverseOperations(before, operations) ?? [];
  const since = apply(apply(before, operations), [
    { op: "delete_element", id: "el_b" },
    { op: "delete_comment", id: "c_1" },
  ]);
  const undone = apply(since, stillPossible(since, inverse));
  expect(undone.elements.map(({ id }) => id)).toEqual(["el_c", "el_a"]);
  expect(undone.connections).toEqual([]);
  expect(stillPossible(before, inverse)).toBe(inverse);
});

test("a text that somebody else has changed since is not taken back over them", () => {
  const before = samplePlan();
  const operations = [retitle("el_a", "mine")];
  const theirs = apply(apply(before, operations), [retitle("el_a", "theirs")]);
  const undone = applyOperations(theirs, { kind: "person" }, inverseOperations(before, operations) ?? [], NOW);
  expect(undone).toMatchObject({ ok: false, refusal: { reason: "conflict" } });
});

test("a title of the plan that somebody else has given since is not taken back", () => {
  const before = samplePlan();
  const operations: Operation[] = [{ op: "set_title", title: "mine" }];
  const theirs = apply(apply(before, operations), [{ op: "set_title", title: "theirs" }]);
  const undone = applyOperations(theirs, { kind: "person" }, inverseOperations(before, operations) ?? [], NOW);
  expect(undone).toMatchObject({ ok: false, refusal: { reason: "conflict" } });
});

test("what somebody else has moved or resized since stays as it is; the rest of a move is taken back, and done again", () => {
  const before = samplePlan();
  const redo: Operation[] = [
    { op: "update_element", id: "el_a", changes: { x: 5, y: 5, width: 500 } },
    { op: "update_element", id: "el_b", changes: { x: 405, y: 5 } },
  ];
  const undo = inverseOperations(before, redo) ?? [];
  const theirs = apply(apply(before, redo), [{ op: "update_element", id: "el_a", changes: { y: 99 } }]);
  const undone = apply(theirs, unlessMovedSince(theirs, undo, redo));
  expect(undone.elements).toMatchObject([{ x: 5, y: 99, width: 300 }, { x: 400, y: 0 }, {}]);
  const redone = apply(undone, unlessMovedSince(undone, redo, undo));
  expect(redone.elements).toMatchObject([{ x: 5, y: 99, width: 500 }, { x: 405, y: 5 }, {}]);
  const all = apply(theirs, [{ op: "update_element", id: "el_b", changes: { x: 0 } }]);
  expect(unlessMovedSince(all, undo, redo)).toEqual([{ op: "update_element", id: "el_a", changes: { width: 300 } }]);
  expect(unlessMovedSince(apply(before, redo), undo, redo)).toBe(undo);
});

test("a reply cannot be taken back", () => {
  const operations: Operation[] = [
    { op: "reply_to_comment", commentId: "c_1", reply: { id: "r_1", text: "Because." } },
  ];
  expect(inverseOperations(samplePlan(), operations)).toBeNull();
});

function step(title: string): Step {
  return { redo: [retitle("el_a", title)], undo: [retitle("el_a", "before")] };
}

test("steps go back and forward in order, and a new action forgets those that were undone", () => {
  const two = remember(remember(NO_HISTORY, step("one")), step("two"));
  const back = stepBack(two);
  expect(back?.step).toEqual(step("two"));
  expect(stepForward(back!.history)).toEqual({ step: step("two"), history: two });
  const other = remember(back!.history, step("three"));
  expect(other.done).toEqual([step("one"), step("three")]);
  expect(stepForward(other)).toBeNull();
  expect(stepBack(NO_HISTORY)).toBeNull();
});

test("an action that was refused is none to take back, and one that could not be taken back none to do again", () => {
  const [one, two, three] = [step("one"), step("two"), step("three")];
  const history = { done: [one, two], undone: [three] };
  expect(forget(history, one.redo)).toEqual({ done: [two], undone: [three] });
  expect(forget(history, three.undo)).toEqual({ done: [one, two], undone: [] });
  expect(forget(history, [retitle("el_a", "one")])).toEqual(history);
});
