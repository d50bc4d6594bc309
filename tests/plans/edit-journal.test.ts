import { expect, test } from "bun:test";
import { fieldsChangedByPersonSince, isComplete, recordEdit } from "../../src/plans/edit-journal.ts";
import type { EditEntry } from "../../src/plans/plan.ts";
import { at, odin, person, plan, thor } from "./plan-rig.ts";

function update(revision: number, seconds: number, more: Partial<EditEntry> = {}): EditEntry {
  return {
    revision,
    at: at(seconds),
    by: person,
    change: "updated",
    what: "element",
    id: "el_a",
    fields: ["x"],
    ...more,
  };
}

function journalOf(...entries: readonly EditEntry[]): readonly EditEntry[] {
  return entries.reduce<readonly EditEntry[]>(recordEdit, []);
}

test("updates of one thing within two seconds are one entry with all the fields, at the later time", () => {
  expect(journalOf(update(1, 0), update(2, 1, { fields: ["y"] }), update(3, 3))).toEqual([
    update(3, 3, { fields: ["x", "y"] }),
  ]);
});

test("two things that are dragged together are two entries", () => {
  const other = { id: "el_b" };
  expect(journalOf(update(1, 0), update(1, 0, other), update(2, 1), update(2, 1, other))).toEqual([
    update(2, 1),
    update(2, 1, other),
  ]);
});

const apart: readonly (readonly [string, EditEntry])[] = [
  ["after two seconds", update(2, 3)],
  ["by another author", update(2, 1, { by: thor })],
  ["of a connection of the same name", update(2, 1, { what: "connection" })],
  ["that deletes", update(2, 1, { change: "deleted" })],
];
for (const [what, next] of apart) {
  test(`an edit ${what} is an entry of its own`, () => expect(journalOf(update(1, 0), next)).toHaveLength(2));
}

test("what another did in between keeps two edits apart", () => {
  expect(journalOf(update(1, 0), update(2, 1, { by: odin }), update(3, 1.5))).toHaveLength(3);
});

test("the oldest of more than 500 entries are left out", () => {
  const many = journalOf(...Array.from({ length: 600 }, (_, index) => update(index, 0, { id: `el_${index}` })));
  expect([many.length, many[0]?.revision, many.at(-1)?.revision]).toEqual([500, 100, 599]);
});

test("of many long texts the oldest give way to their beginnings, and never the newest", () => {
  const content = "x".repeat(90_000);
  const many = journalOf(
    ...Array.from({ length: 5 }, (_, index) => update(index, 0, { id: `el_${index}`, old: { content, done: true } })),
  );
  expect(many.map(({ old }) => String(old?.["content"]).length)).toEqual([4000, 4000, 4000, 90_000, 90_000]);
  expect(many[0]?.old).toMatchObject({ done: true });
  // To cut these would make little room.
  const old = { content: "x".repeat(4500) };
  const little = journalOf(...Array.from({ length: 60 }, (_, index) => update(index, 0, { id: `el_${index}`, old })));
  expect(little.filter((edit) => edit.old?.["content"] === old.content)).toHaveLength(60);
});

test("what a person did is not pushed out by the hundreds of things that an agent does at once", () => {
  const agents = (count: number, from: number) =>
    Array.from({ length: count }, (_, index) => update(from + index, 0, { by: thor, id: `el_${from + index}` }));
  const journal = journalOf(update(1, 0), ...agents(600, 2), update(602, 9));
  expect(journal).toHaveLength(500);
  expect(journal.filter(({ by }) => by === person).map(({ revision }) => revision)).toEqual([1, 602]);
  expect([isComplete(journal, 102), isComplete(journal, 103)]).toEqual([false, true]);
  // Of all the person's there is no room for more than 400.
  const persons = Array.from({ length: 600 }, (_, index) => update(603 + index, 20, { id: `el_p${index}` }));
  const late = journalOf(...journal, ...persons, ...agents(1, 1203));
  expect(late.filter(({ by }) => by === thor)).toHaveLength(100);
  expect([late.length, isComplete(late, 801), isComplete(late, 802)]).toEqual([500, false, true]);
});

test("an agent finds what a person has changed of an element since it saw it", () => {
  const edited = plan({
    edits: [
      update(2, 0),
      update(3, 9, { by: thor, fields: ["title"] }),
      update(4, 20, { id: "el_new", change: "added" }),
    ],
  });
  const since = (id: string, revision: number) =>
    ["x", "title"].filter(fieldsChangedByPersonSince(edited, id, revision));
  expect(since("el_a", 1)).toEqual(["x"]);
  expect(since("el_a", 2)).toEqual([]);
  expect(since("el_b", 0)).toEqual([]);
});

test("of an element that a person made, everything is the person's", () => {
  const { fields: _none, ...added } = update(4, 20, { change: "added" });
  expect(fieldsChangedByPersonSince(plan({ edits: [added] }), "el_a", 1)("content")).toBe(true);
});
