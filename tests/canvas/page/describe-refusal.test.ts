import { expect, test } from "bun:test";
import { describeRefusal } from "../../../src/canvas/page/sync/describe-refusal.ts";
import { retitle, samplePlan } from "./sample-plan.ts";

test("a text that somebody else has changed is offered as mine and theirs", () => {
  const refusal = { reason: "conflict", index: 0, message: "changed", current: { title: "theirs" } } as const;
  expect(describeRefusal([retitle("el_a", "mine", "before")], refusal, samplePlan())).toEqual({
    kind: "conflict",
    what: "element",
    id: "el_a",
    title: "el_a",
    mine: { title: "mine" },
    theirs: { title: "theirs" },
  });
});

test("a title of the plan that somebody else has changed is offered as mine and theirs", () => {
  const refusal = { reason: "conflict", index: 0, message: "changed", current: { title: "theirs" } } as const;
  const rename = { op: "set_title", title: "mine", base: { title: "before" } } as const;
  expect(describeRefusal([rename], refusal, samplePlan())).toEqual({
    kind: "conflict",
    what: "plan",
    title: "The title of the plan",
    mine: { title: "mine" },
    theirs: { title: "theirs" },
  });
});

test("a text whose element is gone is kept as an element to add anew", () => {
  const refusal = { reason: "not_found", index: 0, message: "gone" } as const;
  const operation = { op: "update_element", id: "el_x", changes: { title: "T", content: "C", answer: "A" } } as const;
  expect(describeRefusal([operation], refusal, samplePlan())).toMatchObject({
    kind: "lost",
    title: "T",
    element: { type: "text", title: "T", content: "C\n\nA" },
  });
});

test("anything else is a failure that shows what was not saved", () => {
  const refusal = { reason: "too_large", index: 0, message: "too many" } as const;
  const operations = [{ op: "update_element", id: "el_x", changes: { x: 1 } }] as const;
  expect(describeRefusal(operations, refusal, samplePlan())).toEqual({
    kind: "failure",
    message: "too many",
    operations,
  });
});
