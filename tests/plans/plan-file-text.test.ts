import { describe, expect, test } from "bun:test";
import { parseMetaText, parsePlanText, writePlanText } from "../../src/plans/plan-file-text.ts";
import type { Plan } from "../../src/plans/plan.ts";
import { at, comment, connection, element, held, plan } from "./plan-rig.ts";

async function read(text: string): Promise<Plan> {
  return held(await parsePlanText("plan.json", text)).plan;
}

async function isAsWritten(text: string): Promise<boolean> {
  return held(await parsePlanText("plan.json", text)).isAsWritten;
}

async function problemOf(text: string) {
  const parsed = await parsePlanText("plan.json", text);
  return parsed.ok ? undefined : parsed.problem;
}

describe("a plan's file", () => {
  const whole = plan({
    elements: [element("el_a", { owner: { team: ["core"] } }), element("el_b", { x: 400 })],
    connections: [{ ...connection("conn_1", "el_a", "el_b"), style: "dashed" }],
    comments: [comment("c_1", { thread: [{ id: "r_1", author: "thor", text: "", created: at(1), mood: 3 }] })],
    viewport: { x: 1, y: 2, zoom: 0.5 },
    edits: [
      { revision: 1, at: at(1), by: { kind: "agent", name: "thor" }, change: "added", what: "element", id: "el_a" },
    ],
    theme: { "10": "ten", "9": "nine", constructor: "mine" },
  });

  test("says the same when it is read again, keys that nobody knows included", async () => {
    expect(held(await parsePlanText("plan.json", writePlanText(whole)))).toEqual({
      plan: whole,
      isAsWritten: true,
      cut: undefined,
    });
  });

  test("is as it was written when an editor has indented it in another way, and is not when a word is another", async () => {
    const text = writePlanText(whole);
    expect(await isAsWritten(JSON.stringify(JSON.parse(text), null, 7))).toBe(true);
    expect(await isAsWritten(text.replace('"ten"', '"eleven"'))).toBe(false);
  });

  test("of version 1, or of none, is read as 2", async () => {
    for (const version of ['"schemaVersion":1,', ""]) {
      expect(await read(`{${version}"title":"Old","elements":[{"id":"a"}]}`)).toMatchObject({
        schemaVersion: 2,
        title: "Old",
      });
    }
  });

  test("of a later version is not read", async () => {
    expect(await problemOf('{"schemaVersion":3,"elements":[]}')).toMatchObject({ reason: "newer" });
  });

  const faults: readonly (readonly [string, string, string])[] = [
    ["a comma too many", '{\n  "elements": [],\n}', "line 3, column 1"],
    ["a word", '{\n  "title": "ü",\n  "elements": [x]\n}', "line 3, column 16"],
    ["a comment", '{\n// here\n"elements": []}', "line 2, column 1"],
    ["half of it", '{"elements": [', "line 1, column 15"],
    ["nothing", "", "line 1, column 1"],
    ["a marker of a merge", '{\r\n<<<<<<< HEAD\r\n"elements": []}', "line 2, column 1"],
  ];
  for (const [what, text, where] of faults) {
    test(`that is no JSON says where: ${what}`, async () => {
      const problem = await problemOf(text);
      expect(problem?.reason).toBe("broken");
      expect(problem?.message).toContain(where);
    });
  }

  for (const text of [
    "[]",
    "null",
    "3",
    '{"name":"package"}',
    "[".repeat(200_000),
    `{"elements":[${"[".repeat(150)}${"]".repeat(150)}]}`,
  ]) {
    test(`that is no plan is broken: ${text.slice(0, 20)}`, async () => {
      expect((await problemOf(text))?.reason).toBe("broken");
    });
  }
});

describe("what a plan's file has wrong is made good", () => {
  test("an element without sizes or with words for numbers", async () => {
    const { elements } = await read(
      '{"elements":[{"id":"el_a","type":"note","x":"12","y":"far","width":null,"height":-5,"title":7},"text",null,{}]}',
    );
    expect(elements).toHaveLength(2);
    expect(elements[0]).toMatchObject({
      x: 12,
      y: 0,
      width: 260,
      height: 20,
      title: "7",
      content: "",
      autoPlaced: true,
    });
    expect(elements[1]).toMatchObject({ id: "el_2", type: "text" });
  });

  test("an id that is there twice gets another name, the same one each time", async () => {
    const text = '{"elements":[{"id":"el_a"},{"id":"el_a"},{"id":"el_a_2"}],"comments":[{"id":"c"},{"id":"c"}]}';
    const { elements, comments } = await read(text);
    expect(elements.map(({ id }) => id)).toEqual(["el_a", "el_a_2", "el_a_2_2"]);
    expect(comments.map(({ id }) => id)).toEqual(["c_c", "c_c_2"]);
    expect(await read(text)).toEqual(await read(text));
  });

  test("a connection without one of its ends is left out, a comment on nothing is pinned to the canvas", async () => {
    const { connections, comments } = await read(
      '{"elements":[{"id":"el_a"}],"connections":[{"from":"el_a","to":"el_z"},{"from":"el_a"},{"id":"conn_1","from":"el_a","to":"el_a","label":3}],"comments":[{"text":"hm","elementId":"el_z","x":"3","resolved":"no"}]}',
    );
    expect(connections).toEqual([{ id: "conn_1", from: "el_a", to: "el_a" }]);
    expect(comments).toEqual([
      { id: "c_1", text: "hm", elementId: null, x: 3, author: "user", created: "1970-01-01T00:00:00.000Z", thread: [] },
    ]);
  });

  test("lists, a revision, a viewport and a journal that are none", async () => {
    expect(
      await read(
        '{"elements":[],"connections":{},"comments":7,"revision":"x","viewport":[],"edits":[{"id":1},{"at":"today"}]}',
      ),
    ).toEqual(plan({ title: "", revision: 0 }));
  });

  test("a time is read in whatever form it was written", async () => {
    const { comments } = await read(
      '{"elements":[],"comments":[{"created":"2026-01-01T01:00:00+01:00"},{"created":"soon"}]}',
    );
    expect(comments.map(({ created }) => created)).toEqual([at(0), "1970-01-01T00:00:00.000Z"]);
  });

  test("__proto__ is dropped at every depth, and taints nothing", async () => {
    const found = await read(
      '{"__proto__":{"polluted":1},"elements":[{"id":"__proto__","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}],"connections":[{"from":"__proto__","to":"__proto__"}]}',
    );
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(Reflect.get(found, "polluted")).toBeUndefined();
    expect(Reflect.get(found.elements[0] ?? {}, "polluted")).toBeUndefined();
    expect(found.elements[0]).toHaveProperty("constructor", { prototype: { polluted: 1 } });
    expect(Object.keys(found)).not.toContain("__proto__");
  });

  test("a meta.json falls back field by field", async () => {
    const wrong =
      '{"status":"great","template":"blank","lastEdited":"now","owner":"me","review":{"state":"decided","decision":"yes","toldUntil":5}}';
    expect(held(await parseMetaText("meta.json", wrong, plan()))).toMatchObject({
      status: "draft",
      title: "A plan",
      template: "blank",
      owner: "me",
      review: { state: "none" },
    });
  });

  test("an approval without a time or a decision is none", async () => {
    const text = '{"status":"in-progress","review":{"state":"decided","decision":"approved"}}';
    expect(held(await parseMetaText("meta.json", text, plan())).review.state).toBe("none");
  });
});
