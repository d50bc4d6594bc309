import { expect, test } from "bun:test";
import { applyOperations } from "../../src/plans/apply-operations.ts";
import { exportMarkdown } from "../../src/plans/export-markdown.ts";
import { inReadingOrder } from "../../src/plans/reading-order.ts";
import { areNear, around } from "../../src/plans/rectangles.ts";
import type { Plan } from "../../src/plans/plan.ts";
import { add, at, meta, plan, thor } from "./plan-rig.ts";

/** A plan of so many sections with so many elements, as an agent draws it. */
function drawn(sections: number, members: number): Plan {
  const operations = Array.from({ length: sections }, (_, section) =>
    Array.from({ length: members }, (_member, index) =>
      add(`el_${section}_${index}`, {
        title: "x",
        content: "word ".repeat(20 + ((index * 37) % 90)),
        section: `Phase ${section}`,
      }),
    ),
  ).flat();
  const applied = applyOperations(plan(), thor, operations, at(1));
  if (!applied.ok) throw new Error(applied.refusal.message);
  return applied.plan;
}

function placeOf({ elements }: Plan, id: string) {
  return elements.find((one) => one.id === id)!;
}

test.each([
  [1, 1],
  [2, 5],
  [6, 7],
  [9, 14],
])(
  "%d sections of %d: each stands apart from the others, and all is read in the order in which it came",
  (sections, members) => {
    const { elements, connections } = drawn(sections, members);
    const frames = [...Map.groupBy(elements, ({ section }) => section).values()].map((all) => around(all));
    for (const [index, frame] of frames.entries())
      for (const other of frames.slice(index + 1)) expect(areNear(frame, other, 30)).toBe(false);
    expect(inReadingOrder({ elements, connections }).map(({ id }) => id)).toEqual(elements.map(({ id }) => id));
  },
);

test("what comes to a section that has its place stands below the rest of it, and nothing else moves", () => {
  const before = drawn(3, 4);
  const settled = {
    ...before,
    elements: before.elements.map(({ autoPlaced: _free, ...element }) => element as typeof element & { id: string }),
  } as Plan;
  const applied = applyOperations(settled, thor, [add("el_late", { title: "Late", section: "Phase 1" })], at(2));
  if (!applied.ok) throw new Error(applied.refusal.message);
  for (const { id } of settled.elements) {
    const [was, is] = [placeOf(settled, id), placeOf(applied.plan, id)];
    expect([is.x, is.y]).toEqual([was.x, was.y]);
  }
  const frame = around(settled.elements.filter(({ section }) => section === "Phase 1"));
  const late = placeOf(applied.plan, "el_late");
  expect(late.x).toBe(Math.round(frame.x));
  expect(late.y).toBeGreaterThanOrEqual(frame.y + frame.height);
  const others = applied.plan.elements.filter(({ id }) => id !== "el_late");
  expect(others.some((other) => areNear(other, late, 0))).toBe(false);
});

test("a section is a heading of the plan as Markdown", () => {
  const text = exportMarkdown({ slug: "a", plan: drawn(2, 1), meta: meta() });
  expect(text).toContain("# Phase 0\n\n## 1. x");
  expect(text).toContain("# Phase 1\n\n## 2. x");
});
