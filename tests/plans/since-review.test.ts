import { expect, test } from "bun:test";
import { shownBoxes } from "../../src/canvas/page/state/card-heights.ts";
import { changesSinceReview, movedSinceReview } from "../../src/plans/since-review.ts";
import type { EditEntry } from "../../src/plans/plan.ts";
import { at, element, meta, person, plan, thor } from "./plan-rig.ts";

function edit(seconds: number, more: Partial<EditEntry> = {}): EditEntry {
  return { revision: seconds, at: at(seconds), by: thor, change: "updated", what: "element", id: "el_a", ...more };
}

const reviewed = meta({ review: { state: "open", finishedAt: at(10) } });

test("what agents changed since a person's last review is one entry a thing, without moves and without the person's own", () => {
  const edits = [
    edit(9, { id: "el_before" }),
    edit(11, { fields: ["title"], old: { title: "One" } }),
    edit(12, { fields: ["title", "x"], old: { title: "Two" } }),
    edit(13, { id: "el_moved", fields: ["x", "y"] }),
    edit(14, { id: "el_own", by: person, fields: ["title"] }),
    edit(15, { id: "el_new", change: "added" }),
  ];
  expect(changesSinceReview({ plan: plan({ edits }), meta: reviewed })).toMatchObject([
    { id: "el_a", fields: ["title"], old: { title: "One" } },
    { id: "el_new", change: "added" },
  ]);
  expect(movedSinceReview({ plan: plan({ edits }), meta: reviewed })).toMatchObject([{ id: "el_moved" }]);
});

test("before the first review nothing has changed since", () => {
  expect(changesSinceReview({ plan: plan({ edits: [edit(11)] }), meta: meta({ review: { state: "open" } }) })).toEqual(
    [],
  );
});

test("a card that grows moves what is below it down, by as much, and nothing beside it", () => {
  const elements = [
    element("el_top", { x: 0, y: 0, width: 300, height: 100 }),
    element("el_below", { x: 100, y: 140, width: 300, height: 100 }),
    element("el_beside", { x: 420, y: 50, width: 300, height: 100 }),
    element("el_last", { x: 0, y: 1_000, width: 300, height: 100 }),
  ];
  const shown = shownBoxes(elements, new Map([["el_top", 260]]));
  expect(shown.map(({ y, height }) => [y, height])).toEqual([
    [0, 260],
    [300, 100],
    [50, 100],
    [1_000, 100],
  ]);
  expect(shown[2]).toBe(elements[2]);
  expect(shownBoxes(elements, new Map())).toBe(elements);
});
