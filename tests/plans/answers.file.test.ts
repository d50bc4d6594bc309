import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { applyOperations } from "../../src/plans/apply-operations.ts";
import type { Operation } from "../../src/plans/operations.ts";
import type { Author, Plan } from "../../src/plans/plan.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { add, at, element, held, person, plan, plansIn, thor } from "./plan-rig.ts";

function applied(before: Plan, author: Author, operation: Operation): Plan {
  const result = applyOperations(before, author, [operation], at(10));
  return result.ok ? result.plan : expect.unreachable(result.refusal.message);
}

test.each([
  [person, "user"],
  [thor, "thor"],
  [{ kind: "agent", name: "user" } as const, "agent user"],
])("an answer says who gave it, whatever else is claimed", (author, answeredBy) => {
  const changes = { answer: "yes", answeredBy: "user" };
  const before = plan({ elements: [element("el_q", { type: "question" })] });
  const updated = applied(before, author, { op: "update_element", id: "el_q", changes });
  expect(updated.elements[0]).toMatchObject({ answer: "yes", answeredBy });
  const added = applied(plan(), author, { op: "add_element", element: { id: "el_q", type: "question", ...changes } });
  expect(added.elements[0]).toMatchObject({ answer: "yes", answeredBy });
});

test("an agent's answer that the person gives again is the person's; what an agent gives again stays theirs", () => {
  const [assumed, given] = [thor, person].map((author) =>
    applied(plan({ elements: [element("el_q", { type: "question" })] }), author, {
      op: "update_element",
      id: "el_q",
      changes: { answer: "yes" },
    }),
  ) as [Plan, Plan];
  const again = { op: "update_element", id: "el_q", changes: { answer: "yes" } } as const;
  expect(applied(assumed, person, again).elements[0]?.answeredBy).toBe("user");
  expect(applied(given, thor, again)).toBe(given);
  const other = { op: "update_element", id: "el_q", changes: { answer: "no" } } as const;
  expect(applied(given, thor, other).elements[0]?.answeredBy).toBe("thor");
  const signed = { op: "update_element", id: "el_q", changes: { answeredBy: "user" } } as const;
  expect(applied(assumed, thor, signed)).toBe(assumed);
  const back = { op: "update_element", id: "el_q", changes: { answer: null } } as const;
  expect(applied(given, person, back).elements[0]).not.toHaveProperty("answeredBy");
});

test("one that is written into the file is nobody's, whatever name stands beside it", async () => {
  const folder = temporaryFolder();
  const plans = plansIn(folder);
  held(await plans.create("a", "blank"));
  await plans.edit("a", thor, [add("el_q", { type: "question", x: 0, y: 0 })]);
  const path = `${folder}/plans/a/plan.json`;
  const written = JSON.parse(readFileSync(path, "utf8")) as Plan;
  const elements = written.elements.map((each) => ({ ...each, answer: "yes", answeredBy: "user" }));
  writeFileSync(path, JSON.stringify({ ...written, elements }));
  await plans.edit("a", thor, [add("el_2", { x: 400, y: 0 })]);
  const [, question] = held(await plans.read("a")).plan.elements;
  expect(question).toMatchObject({ id: "el_q", answer: "yes" });
  expect(question).not.toHaveProperty("answeredBy");
});
