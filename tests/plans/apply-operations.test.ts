import { describe, expect, test } from "bun:test";
import { applyOperations, type Applied } from "../../src/plans/apply-operations.ts";
import type { Operation } from "../../src/plans/operations.ts";
import type { Author, Plan } from "../../src/plans/plan.ts";
import { LIMITS } from "../../src/plans/plan-limits.ts";
import { add, at, comment, connection, element, odin, person, plan, thor } from "./plan-rig.ts";

function apply(before: Plan, author: Author, ...operations: readonly Operation[]): Applied {
  return applyOperations(before, author, operations, at(10));
}

function applied(before: Plan, author: Author, ...operations: readonly Operation[]): Plan {
  const result = apply(before, author, ...operations);
  if (!result.ok) throw new Error(result.refusal.message);
  return result.plan;
}

function refusalOf(result: Applied) {
  return result.ok ? undefined : result.refusal;
}

const pair = plan({
  elements: [element("el_a", { content: "old" }), element("el_b", { x: 400 })],
  connections: [connection("conn_1", "el_a", "el_b")],
  comments: [comment("c_1", { elementId: "el_b", x: 10, y: 20 }), comment("c_2", { author: "thor" })],
});

describe("what operations do", () => {
  test("an added element has a size by its type, and keeps keys that nobody knows", () => {
    const [added] = applied(plan(), thor, add("el_1", { type: "code", x: 5, y: 6, owner: { team: "core" } })).elements;
    expect(added).toMatchObject({
      id: "el_1",
      type: "code",
      x: 5,
      y: 6,
      title: "",
      content: "",
      owner: { team: "core" },
    });
    expect(added?.width).toBeGreaterThan(300);
    expect(added?.height).toBeGreaterThanOrEqual(100);
  });

  test("one write raises the revision by one, whatever the number of its operations", () => {
    expect(applied(plan({ revision: 7 }), thor, add("el_1"), add("el_2")).revision).toBe(8);
  });

  test("a deleted element takes its connections with it, and its comments stay where it was", () => {
    const after = applied(pair, person, { op: "delete_element", id: "el_b" });
    expect(after.elements.map(({ id }) => id)).toEqual(["el_a"]);
    expect(after.connections).toEqual([]);
    expect(after.comments[0]).toMatchObject({ elementId: null, x: 410, y: 20 });
    expect(after.edits?.map(({ change, id }) => [change, id])).toEqual([
      ["deleted", "el_b"],
      ["deleted", "conn_1"],
    ]);
  });

  test("an element can be moved whatever a hand has written into it", () => {
    const before = plan({ elements: [element("el_1", { type: "image", content: "https://example.org/a.png" })] });
    const [moved] = applied(before, person, {
      op: "update_element",
      id: "el_1",
      changes: { x: 50, title: "A" },
    }).elements;
    expect(moved).toMatchObject({ x: 50, title: "A", content: "https://example.org/a.png" });
  });

  test("an optional field is taken back with null", () => {
    const before = plan({ elements: [element("el_q", { type: "question", answer: "yes" })] });
    const [after] = applied(before, person, { op: "update_element", id: "el_q", changes: { answer: null } }).elements;
    expect(after).not.toHaveProperty("answer");
  });

  test("connections, comments, replies, the title and the viewport change", () => {
    const after = applied(
      pair,
      thor,
      { op: "update_connection", id: "conn_1", changes: { label: "then" } },
      { op: "reply_to_comment", commentId: "c_1", reply: { id: "r_1", text: "done" } },
      { op: "update_comment", id: "c_2", changes: { resolved: true } },
      { op: "add_comment", comment: { id: "c_3", elementId: "el_a", text: "why?" } },
      { op: "set_title", title: "New" },
      { op: "set_viewport", viewport: { x: 1, y: 2, zoom: 0.5 } },
    );
    expect(after.connections[0]?.label).toBe("then");
    expect(after.comments[0]?.thread).toEqual([{ id: "r_1", text: "done", author: "thor", created: at(10) }]);
    expect(after.comments[1]?.resolved).toBe(true);
    expect(after.comments[2]).toEqual({
      id: "c_3",
      elementId: "el_a",
      text: "why?",
      author: "thor",
      created: at(10),
      thread: [],
    });
    expect([after.title, after.viewport]).toEqual(["New", { x: 1, y: 2, zoom: 0.5 }]);
  });

  test("an agent of the name that comments give to a person does not pass for one", () => {
    const after = applied(
      plan(),
      { kind: "agent", name: "user" },
      { op: "add_comment", comment: { id: "c_1", elementId: null, text: "I approve" } },
    );
    expect(after.comments[0]?.author).toBe("agent user");
  });

  test("operations that change nothing leave the very same plan", () => {
    const same = applied(
      pair,
      person,
      { op: "update_element", id: "el_a", changes: { content: "old" } },
      { op: "delete_element", id: "el_gone" },
      { op: "delete_connection", id: "conn_gone" },
      { op: "delete_comment", id: "c_gone" },
      { op: "set_title", title: pair.title },
      { op: "set_viewport", viewport: pair.viewport },
    );
    expect(same).toBe(pair);
  });

  test("operations that are sent again are done once", () => {
    const all: readonly Operation[] = [
      add("el_1"),
      add("el_2"),
      { op: "add_connection", connection: connection("conn_1", "el_1", "el_2") },
      { op: "add_comment", comment: { id: "c_1", elementId: "el_1", text: "hm" } },
      { op: "reply_to_comment", commentId: "c_1", reply: { id: "r_1", text: "yes" } },
      { op: "delete_element", id: "el_2" },
    ];
    const once = applied(plan(), person, ...all.slice(0, 5));
    expect(applied(once, person, ...all.slice(0, 5))).toBe(once);
    const deleted = applied(once, person, ...all.slice(5));
    expect(applied(deleted, person, ...all.slice(5))).toBe(deleted);
  });

  test("a key __proto__ is dropped at every depth, and constructor is a key like any other", () => {
    const given = JSON.parse(
      '{"id":"el_1","type":"text","x":1,"y":1,"__proto__":{"polluted":1},"constructor":{"a":1},"deep":[{"__proto__":{"polluted":1},"b":2}]}',
    ) as { id: string; type: string };
    const [added] = applied(plan(), thor, { op: "add_element", element: given }).elements;
    expect(JSON.stringify(added)).not.toContain("polluted");
    expect(Reflect.get(added ?? {}, "polluted")).toBeUndefined();
    expect(added).toMatchObject({ constructor: { a: 1 }, deep: [{ b: 2 }] });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("what is refused, with nothing done", () => {
  const wrong: readonly (readonly [string, readonly Operation[], string])[] = [
    ["an id without its prefix", [add("1")], "invalid"],
    ["an id with a path in it", [add("el_../x")], "invalid"],
    ["an id of another thing's", [add("el_a")], "invalid"],
    ["a place that is no number", [add("el_1", { x: Number.NaN })], "invalid"],
    ["a place out of the world", [add("el_1", { x: 1e7, y: 0 })], "invalid"],
    ["an element too small to be seen", [add("el_1", { width: 1 })], "invalid"],
    [
      "a title that is a number",
      [{ op: "update_element", id: "el_a", changes: JSON.parse('{"title":1}') as object }],
      "invalid",
    ],
    ["a title that is too long", [add("el_1", { title: "x".repeat(501) })], "invalid"],
    ["content that is too long", [add("el_1", { content: "x".repeat(LIMITS.contentLength + 1) })], "invalid"],
    ["an image from elsewhere", [add("el_1", { type: "image", content: "https://example.org/a.png" })], "invalid"],
    ["a script as an image", [add("el_1", { type: "image", content: "data:text/html,<script>" })], "invalid"],
    ["a text that becomes an image", [{ op: "update_element", id: "el_a", changes: { type: "image" } }], "invalid"],
    [
      "keys nested without end",
      [add("el_1", { deep: JSON.parse(`${"[".repeat(50)}${"]".repeat(50)}`) as unknown })],
      "invalid",
    ],
    ["another id for an element", [{ op: "update_element", id: "el_a", changes: { id: "el_z" } }], "invalid"],
    ["an element that is not there", [{ op: "update_element", id: "el_z", changes: { x: 1 } }], "not_found"],
    [
      "a connection from nowhere",
      [{ op: "add_connection", connection: connection("conn_2", "el_z", "el_a") }],
      "not_found",
    ],
    [
      "a connection moved to nowhere",
      [{ op: "update_connection", id: "conn_1", changes: { to: "el_z" } }],
      "not_found",
    ],
    [
      "a comment on nothing",
      [{ op: "add_comment", comment: { id: "c_9", elementId: "el_z", text: "?" } }],
      "not_found",
    ],
    ["an empty comment", [{ op: "add_comment", comment: { id: "c_9", elementId: null, text: "  " } }], "invalid"],
    [
      "a reply to nothing",
      [{ op: "reply_to_comment", commentId: "c_9", reply: { id: "r_1", text: "?" } }],
      "not_found",
    ],
    [
      "a reply that is too long",
      [{ op: "reply_to_comment", commentId: "c_1", reply: { id: "r_1", text: "x".repeat(20_001) } }],
      "invalid",
    ],
    ["the text of a comment", [{ op: "update_comment", id: "c_2", changes: { text: "else" } as object }], "invalid"],
    ["somebody else's comment, to delete", [{ op: "delete_comment", id: "c_1" }], "not_allowed"],
    [
      "a person's comment, to resolve",
      [{ op: "update_comment", id: "c_1", changes: { resolved: true } }],
      "not_allowed",
    ],
    ["no operation", [JSON.parse('{"op":"drop_table"}') as Operation], "invalid"],
    ["null", [JSON.parse("null") as Operation], "invalid"],
    ["an operation without its object", [JSON.parse('{"op":"add_element"}') as Operation], "invalid"],
    [
      "a viewport without a zoom",
      [JSON.parse('{"op":"set_viewport","viewport":{"x":1,"y":1}}') as Operation],
      "invalid",
    ],
  ];
  for (const [what, operations, reason] of wrong) {
    test(`${what}: ${reason}`, () => {
      const result = apply(pair, thor, { op: "set_title", title: "Never" }, ...operations);
      expect(refusalOf(result)).toMatchObject({ reason, index: 1 });
    });
  }

  test("one thing more than a plan holds", () => {
    const full = plan({ elements: Array.from({ length: LIMITS.elements }, (_, index) => element(`el_${index}`)) });
    expect(refusalOf(apply(full, thor, add("el_more")))?.reason).toBe("too_large");
  });

  test("a person resolves anybody's comment", () => {
    expect(
      applied(pair, person, { op: "update_comment", id: "c_2", changes: { resolved: true } }).comments[1]?.resolved,
    ).toBe(true);
  });
});

describe("two who change the same", () => {
  const base = { content: "older", x: 9, title: "el_a" };

  test("a text that somebody else has changed since is a conflict, and says what it is now", () => {
    const result = apply(pair, odin, { op: "update_element", id: "el_a", changes: { content: "mine" }, base });
    expect(refusalOf(result)).toMatchObject({ reason: "conflict", index: 0, current: { content: "old" } });
  });

  test("places are simply the last one's", () => {
    const after = applied(pair, odin, { op: "update_element", id: "el_a", changes: { x: 50 }, base });
    expect(after.elements[0]?.x).toBe(50);
  });

  test("the title of the plan is such a text", () => {
    const rename = { op: "set_title", title: "Mine" } as const;
    const overtaken = apply(pair, person, { ...rename, base: { title: "Older" } });
    expect(refusalOf(overtaken)).toMatchObject({ reason: "conflict", index: 0, current: { title: "A plan" } });
    expect(applied(pair, person, { ...rename, base: { title: "A plan" } }).title).toBe("Mine");
  });

  test("another field of the same element is no conflict", () => {
    const after = applied(pair, odin, { op: "update_element", id: "el_a", changes: { title: "Mine" }, base });
    expect(after.elements[0]).toMatchObject({ title: "Mine", content: "old" });
  });

  test("both wanting the same is no conflict", () => {
    expect(applied(pair, odin, { op: "update_element", id: "el_a", changes: { content: "old" }, base })).toBe(pair);
  });

  test("an answer that came in between is not overwritten", () => {
    const before = plan({ elements: [element("el_q", { type: "question", answer: "theirs" })] });
    const result = apply(before, person, {
      op: "update_element",
      id: "el_q",
      changes: { answer: "mine" },
      base: { answer: "" },
    });
    expect(refusalOf(result)).toMatchObject({ reason: "conflict", current: { answer: "theirs" } });
  });
});

describe("places", () => {
  test("what nobody has placed is placed, and stays where a person drags it", () => {
    const placed = applied(plan(), thor, add("el_1"), add("el_2"), {
      op: "add_connection",
      connection: connection("conn_1", "el_1", "el_2"),
    });
    expect(placed.elements.map(({ autoPlaced }) => autoPlaced)).toEqual([true, true]);
    expect(placed.elements[1]?.x).toBeGreaterThan(placed.elements[0]?.x ?? Infinity);
    const dragged = applied(placed, person, { op: "update_element", id: "el_1", changes: { x: 3_000, y: 3_000 } });
    expect(dragged.elements[0]).not.toHaveProperty("autoPlaced");
    const later = applied(dragged, thor, add("el_3"));
    expect(later.elements[0]).toMatchObject({ x: 3_000, y: 3_000 });
  });

  test("an element that nobody has sized grows with its text, and what was placed beside it makes room", () => {
    const before = applied(plan(), thor, add("el_1"), add("el_2"));
    const content = "line\n".repeat(12);
    const [grown] = applied(before, thor, { op: "update_element", id: "el_1", changes: { content } }).elements;
    expect(grown?.height).toBeGreaterThan(before.elements[0]?.height ?? Infinity);
  });
});
