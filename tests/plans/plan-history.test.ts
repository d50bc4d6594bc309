import { expect, test } from "bun:test";
import { applyOperations } from "../../src/plans/apply-operations.ts";
import { operationsBetween } from "../../src/plans/operations-between.ts";
import { readHistory, withPictures, withRevisions, type KeptRevision } from "../../src/plans/plan-history.ts";
import { at, connection, element, odin, person, plan, thor } from "./plan-rig.ts";

function kept(revision: number, more: Partial<KeptRevision> = {}): KeptRevision {
  return { revision, at: at(revision), by: thor, title: "A plan", elements: [], connections: [], ...more };
}

/** The text of a history of so many revisions, made one by one. */
function historyOf(count: number, more: (revision: number) => Partial<KeptRevision>): string {
  let text: string | null = null;
  for (let revision = 1; revision <= count; revision += 1) text = withRevisions(text, [kept(revision, more(revision))]);
  return text ?? "";
}

const numbers = (text: string) => readHistory(text).map(({ revision }) => revision);

test("the last 50 revisions are kept, and one that says nothing new is none", () => {
  const text = historyOf(60, (revision) => ({ elements: [element("el_a", { title: `${revision}` })] }));
  expect(numbers(text)).toEqual(Array.from({ length: 50 }, (_, index) => index + 11));
  expect(withRevisions(text, [{ ...readHistory(text).at(-1)!, revision: 99 }])).toBeNull();
});

test("a history is read as it was written, and what several revisions share stands in it once", () => {
  const long = element("el_long", { content: "x\n".repeat(5_000) });
  const revisionOf = (revision: number) =>
    kept(revision, {
      elements: [long, element("el_a", { title: `${revision}` })],
      connections: [connection("conn_1", "el_long", "el_a")],
      by: revision === 1 ? null : revision % 2 === 0 ? odin : person,
    });
  const text = historyOf(50, revisionOf);
  expect(text.length).toBeLessThan(40_000);
  expect(readHistory(text)).toEqual(Array.from({ length: 50 }, (_, index) => revisionOf(index + 1)));
});

test("of a history of more than a megabyte the oldest revisions are left out, and of pictures the bytes", () => {
  const text = historyOf(50, (revision) => ({
    elements: [element("el_a", { content: `${revision}`.padEnd(100_000, "x") })],
  }));
  expect(text.length).toBeLessThanOrEqual(1_000_000);
  expect(numbers(text).at(-1)).toBe(50);
  expect(numbers(text).length).toBeGreaterThan(5);
  const huge = historyOf(3, () => ({ elements: [element("el_a", { content: "x".repeat(2_000_000) })] }));
  expect(readHistory(huge)).toEqual([]);

  const content = `data:image/png;base64,${"A".repeat(900_000)}`;
  const picture = element("el_pic", { type: "image", content });
  const pictures = historyOf(20, (revision) => ({ title: `${revision}`, elements: [picture] }));
  expect(numbers(pictures)).toHaveLength(20);
  expect(withPictures(readHistory(pictures)[0]!, plan({ elements: [picture] })).elements[0]?.content).toBe(content);
});

test.each([
  ["no JSON", "{"],
  ["another thing", "[1]\n{}"],
  ["revisions without lists", JSON.stringify([{ revision: 1 }])],
  ["a time that is none", JSON.stringify([{ revision: 1, at: "then", by: null, elements: [], connections: [] }])],
  ["an author that is none", JSON.stringify([{ revision: 1, at: at(1), by: "me", elements: [], connections: [] }])],
])("a file with %s is a history of nothing", (_what, text) => {
  expect(readHistory(text)).toEqual([]);
});

test("what a hand has written into a history is made good as in a plan", () => {
  const parts = [{ id: "el_a", type: 7, title: ["x"], x: "12" }];
  const revisions = [{ revision: 1, at: at(1), by: null, title: 3, elements: [0, 9], connections: [] }];
  expect(readHistory([revisions, ...parts].map((line) => JSON.stringify(line)).join("\n"))).toMatchObject([
    { title: "3", elements: [{ id: "el_a", type: "7", title: "", x: 12 }] },
  ]);
});

test("going back makes the plan what it was, and no assumption of an agent an answer of the person", () => {
  const now = plan({
    title: "Now",
    elements: [
      element("el_a", { title: "Changed", content: "New", done: true, type: "task" }),
      element("el_new"),
      element("el_q", { type: "question", answer: "Mine", answeredBy: "user" }),
    ],
    connections: [connection("conn_2", "el_a", "el_new"), connection("conn_3", "el_q", "el_a")],
  });
  const then = {
    title: "Then",
    elements: [
      element("el_a", { title: "As it was", content: "Old", type: "task", x: 40 }),
      element("el_gone", { type: "code", language: "ts" }),
      element("el_q", { type: "question", answer: "Assumed", answeredBy: "thor" }),
      element("el_q2", { type: "question", answer: "Assumed, too", answeredBy: "thor" }),
    ],
    connections: [connection("conn_1", "el_a", "el_gone"), { ...connection("conn_3", "el_q", "el_a"), label: "asks" }],
  };
  const applied = applyOperations(now, person, operationsBetween(now, then), at(9));
  if (!applied.ok) throw new Error(applied.refusal.message);
  const { title, elements, connections } = applied.plan;
  expect(title).toBe("Then");
  expect(elements.map(({ id, title: name, content, x, done }) => [id, name, content, x, done ?? false])).toEqual([
    ["el_a", "As it was", "Old", 40, false],
    ["el_q", "el_q", "", 0, false],
    ["el_gone", "el_gone", "", 0, false],
    ["el_q2", "el_q2", "", 0, false],
  ]);
  expect(elements.some(({ answer = "" }) => answer !== "")).toBe(false);
  expect(connections.map(({ id, label = "" }) => `${id} ${label}`)).toEqual(["conn_3 asks", "conn_1 "]);
});
