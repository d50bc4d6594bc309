import { describe, expect, test } from "bun:test";
import { applyOperations } from "../../src/plans/apply-operations.ts";
import { ELEMENT_TYPES } from "../../src/plans/element-kinds.ts";
import { areNear, GAP } from "../../src/plans/rectangles.ts";
import { TEMPLATES } from "../../src/plans/templates/templates.ts";
import { at, person, plan } from "./plan-rig.ts";

test("the templates are those of the command", () => {
  expect([...TEMPLATES.keys()]).toEqual(["blank", "feature-design", "bug-investigation", "decision-record"]);
});

for (const [name, { elements, connections, description }] of TEMPLATES) {
  describe(`the template ${name}`, () => {
    test("is one that could be drawn by hand", () => {
      const operations = [
        ...elements.map((element) => ({ op: "add_element", element }) as const),
        ...connections.map((connection) => ({ op: "add_connection", connection }) as const),
      ];
      const drawn = applyOperations(plan(), person, operations, at(0));
      expect(drawn.ok && drawn.plan).toMatchObject({ elements, connections });
      expect(drawn.ok && drawn.ids).toHaveLength(
        new Set(operations.map((operation) => JSON.stringify(operation))).size,
      );
    });

    test("leaves a gap between all of its elements", () => {
      for (const [index, one] of elements.entries()) {
        for (const other of elements.slice(index + 1))
          expect([one.id, other.id, areNear(one, other, GAP)]).toEqual([one.id, other.id, false]);
      }
    });

    test("says what it is for, and has a title and a text in each element", () => {
      expect(description).not.toBe("");
      for (const { type, title, content } of elements) {
        expect(ELEMENT_TYPES.some((known) => known === type)).toBe(true);
        expect([title, content]).not.toContain("");
      }
    });
  });
}
