import { describe, expect, test } from "bun:test";
import { commentView, editView } from "../../../src/host/plans/edit-view.ts";
import { feedbackText } from "../../../src/host/plans/feedback-text.ts";
import { adoptHandEdit } from "../../../src/plans/adopt-hand-edit.ts";
import { applyOperations } from "../../../src/plans/apply-operations.ts";
import { feedbackSince } from "../../../src/plans/feedback.ts";
import type { Operation } from "../../../src/plans/operations.ts";
import { parsePlanText, writePlanText } from "../../../src/plans/plan-file-text.ts";
import type { Author, Plan } from "../../../src/plans/plan.ts";
import { at, comment, connection, element, meta, person, plan, thor } from "../../plans/plan-rig.ts";

const LONG = `${"start ".repeat(300)}OLD WORD${" end".repeat(300)}`;
const before = plan({
  elements: [
    element("el_a", { title: "First", content: "one" }),
    element("el_b", { type: "task", title: "Second", content: LONG }),
    element("el_q", { type: "question", title: "Who?" }),
    element("el_i", { type: "image", title: "Picture", content: `data:image/png;base64,${"A".repeat(9000)}` }),
  ],
  connections: [{ ...connection("conn_1", "el_a", "el_b"), label: "then" }],
});

type Step = readonly [Author, Operation];
const update = (id: string, changes: object): Operation => ({ op: "update_element", id, changes });

function after(...steps: readonly Step[]): Plan {
  return steps.reduce<Plan>((now, [author, operation], index) => {
    const applied = applyOperations(now, author, [operation], at(index * 10 + 1));
    return applied.ok ? applied.plan : expect.unreachable(applied.refusal.message);
  }, before);
}

function told(now: Plan) {
  const feedback = feedbackSince({ slug: "x", plan: now, meta: meta({ review: { state: "open" } }) }, at(0));
  return {
    views: feedback.edits.map((edit) => editView(now, edit)),
    text: feedbackText({ slug: "x", plan: now }, feedback, undefined),
  };
}

const cases: [what: string, steps: Step[], view: object, line: string][] = [
  [
    "a new title",
    [[person, update("el_a", { title: "Start" })]],
    { id: "el_a", title: "Start", fields: ["title"], old: { title: "First" }, new: { title: "Start" } },
    '- element el_a "Start" updated title "First" → "Start"',
  ],
  [
    "two changes, as from before both to now",
    [
      [person, update("el_a", { title: "Next" })],
      [person, update("el_a", { title: "Last", content: "two" })],
    ],
    { old: { title: "First", content: "one" }, new: { title: "Last", content: "two" } },
    'title "First" → "Last", content "one" → "two"',
  ],
  [
    "a ticked task",
    [[person, update("el_b", { done: true })]],
    { title: "Second", old: { done: false }, new: { done: true } },
    '- element el_b "Second" updated done false → true',
  ],
  [
    "a first answer",
    [[person, update("el_q", { answer: "Ann" })]],
    { title: "Who?", old: { answer: "" }, new: { answer: "Ann" } },
    'answer "" → "Ann"',
  ],
  [
    "a new element",
    [[person, { op: "add_element", element: { id: "el_n", type: "note", title: "Mind", content: "this" } }]],
    { change: "added", title: "Mind", new: { type: "note", content: "this" } },
    '- element el_n "Mind" added type "note", content "this"',
  ],
  [
    "a new arrow, by the titles of its ends",
    [[person, { op: "add_connection", connection: { id: "conn_2", from: "el_b", to: "el_q", label: "asks" } }]],
    { change: "added", title: "Second > Who?", new: { from: "el_b", to: "el_q", label: "asks" } },
    '- connection conn_2 "Second > Who?" added',
  ],
  [
    "an arrow that is gone",
    [[person, { op: "delete_connection", id: "conn_1" }]],
    { change: "deleted", title: "First > Second", old: { label: "then" } },
    '- connection conn_1 "First > Second" deleted',
  ],
  [
    "another label",
    [[person, { op: "update_connection", id: "conn_1", changes: { label: "before" } }]],
    { title: "First > Second", old: { label: "then" }, new: { label: "before" } },
    'label "then" → "before"',
  ],
  [
    "what an agent has changed since as it is now",
    [
      [person, update("el_a", { title: "Mine" })],
      [thor, update("el_a", { content: "thor's" })],
    ],
    { title: "Mine", old: { title: "First" }, new: { title: "Mine" } },
    'title "First" → "Mine"',
  ],
];

describe("the user's edits are told with title, old and new value", () => {
  for (const [what, steps, view, line] of cases) {
    test(what, async () => {
      const now = after(...steps);
      // As another process reads it.
      const read = await parsePlanText("plan.json", writePlanText(now));
      const { views, text } = told(read.ok ? read.value.plan : expect.unreachable(read.problem.message));
      expect(views).toHaveLength(1);
      expect(views[0]).toMatchObject(view);
      expect(text).toContain(line);
    });
  }

  test("a deleted element, with its words and its arrows", () => {
    const { views, text } = told(after([person, { op: "delete_element", id: "el_a" }]));
    expect(views).toMatchObject([
      { change: "deleted", id: "el_a", title: "First", old: { type: "text", content: "one" } },
      { change: "deleted", what: "connection", id: "conn_1" },
    ]);
    expect(text).toContain('- element el_a "First" deleted');
  });

  test("of a long text what has changed, and a little around it; of a picture no bytes", () => {
    const [edit] = told(after([person, update("el_b", { content: LONG.replace("OLD WORD", "NEW") })])).views;
    expect(edit?.old?.["content"]).toMatch(/^….*OLD WORD.*…$/);
    expect(edit?.new?.["content"]).toMatch(/^….*NEW.*…$/);
    expect(JSON.stringify(edit).length).toBeLessThan(800);
    const [picture] = told(after([person, update("el_i", { content: "data:image/png;base64,BBBB" })])).views;
    expect(picture).toMatchObject({ old: { content: "(a picture)" }, new: { content: "(a picture)" } });
  });

  test("an edit by hand in the file too", () => {
    const found = {
      ...before,
      elements: before.elements.map((one) => (one.id === "el_a" ? { ...one, title: "By hand" } : one)),
    };
    expect(told(adoptHandEdit(before, found, at(5))).views).toMatchObject([
      { id: "el_a", title: "By hand", old: { title: "First" }, new: { title: "By hand" } },
    ]);
  });

  test("a change of a long text is told wherever in it it is", () => {
    const long = "word ".repeat(5_000);
    const [edit] = told(
      after(
        [thor, update("el_a", { content: `${long}5 minutes${long}` })],
        [person, update("el_a", { content: `${long}10 minutes${long}` })],
      ),
    ).views;
    expect(edit?.old?.["content"]).toContain("word 5 minutesword");
    expect(edit?.new?.["content"]).toContain("word 10 minutesword");
    expect(JSON.stringify(edit).length).toBeLessThan(800);
  });

  test("of a text of megabytes the journal keeps the beginning", () => {
    const long = after(
      [thor, update("el_a", { content: "y".repeat(500_000) })],
      [person, update("el_a", { content: "z" })],
    );
    const text = long.edits?.at(-1)?.old?.["content"];
    expect(text).toHaveLength(4000);
    const [edit] = told(long).views;
    expect(edit).toMatchObject({ new: { content: "z" } });
    expect(JSON.stringify(edit).length).toBeLessThan(2500);
  });
});

test("a comment is told with the title of its element; one of the canvas has none", () => {
  expect(commentView(before, comment("c_1", { elementId: "el_a" }))).toMatchObject({ elementTitle: "First" });
  expect(commentView(before, comment("c_1"))).not.toHaveProperty("elementTitle");
  const now = { ...before, comments: [comment("c_1", { elementId: "el_b", created: at(3) })] };
  expect(told(now).text).toContain('- c_1 on el_b "Second": "c_1"');
});
