import { describe, expect, test } from "bun:test";
import { feedbackSince } from "../../src/plans/feedback.ts";
import type { EditEntry, Plan, Reply, Review } from "../../src/plans/plan.ts";
import { at, comment, meta, person, plan, thor } from "./plan-rig.ts";

function edit(seconds: number, more: Partial<EditEntry> = {}): EditEntry {
  return { revision: seconds, at: at(seconds), by: person, change: "updated", what: "element", id: "el_a", ...more };
}

function reply(author: string, seconds: number): Reply {
  return { id: `r_${seconds}`, author, text: "", created: at(seconds) };
}

function feedback(more: Partial<Plan>, review: Review = { state: "open" }) {
  return feedbackSince({ slug: "a", plan: plan(more), meta: meta({ review }) }, at(10));
}

const decided: Review = { state: "decided", decision: "rejected", decidedAt: at(11), note: "no" };

describe("what a person did after a moment", () => {
  test("nothing is nothing, up to the moment itself", () => {
    expect(feedback({})).toEqual({ status: "none", planStatus: "draft", newComments: [], edits: [], until: at(10) });
  });

  test("a decision is told with its note, also when there is more", () => {
    expect(feedback({ edits: [edit(12)] }, decided)).toMatchObject({ status: "rejected", note: "no", until: at(12) });
  });

  test("a decision of the moment itself has been told", () => {
    expect(feedback({}, { ...decided, decidedAt: at(10) }).status).toBe("none");
  });

  test("a decision that a new review has overtaken is none", () => {
    expect(feedback({}, { ...decided, state: "open" }).status).toBe("none");
  });

  test("comments count by their person's last word, oldest first", () => {
    const comments = [
      comment("c_new", { created: at(12) }),
      comment("c_old"),
      comment("c_answered", { author: "thor", thread: [reply("user", 11)] }),
      comment("c_agent", { author: "thor", created: at(12) }),
      comment("c_agent_answers", { thread: [reply("thor", 12)] }),
    ];
    const found = feedback({ comments });
    expect(found.newComments.map(({ id }) => id)).toEqual(["c_answered", "c_new"]);
    expect(found).toMatchObject({ status: "feedback_received", until: at(12) });
  });

  test("an agent's edits are none", () => {
    expect(feedback({ edits: [edit(12, { by: thor })] }).status).toBe("none");
  });

  test("what is edited on a page is told with what the person sends, and calls nobody before", () => {
    const page = { kind: "person", page: true } as const;
    const edits = [edit(12, { by: page, fields: ["content"] })];
    expect(feedback({ edits })).toMatchObject({ status: "none", until: at(12) });
    expect(feedback({ edits, comments: [comment("c_1", { created: at(13) })] })).toMatchObject({ edits });
    expect(feedback({ edits }, { state: "open", finishedAt: at(13) })).toMatchObject({
      status: "feedback_received",
      edits,
      until: at(13),
    });
    expect(feedback({ edits }, { ...decided, decidedAt: at(13) })).toMatchObject({ status: "rejected", edits });
    const byHand = edit(11, { fields: ["title"] });
    expect(feedback({ edits: [byHand, ...edits] }).status).toBe("feedback_received");
  });

  test("to move or resize is no feedback, and no part of any", () => {
    expect(feedback({ edits: [edit(12, { fields: ["x", "y"] })] }).status).toBe("none");
    expect(feedback({ edits: [edit(12, { fields: ["width", "height", "autoPlaced"] })] }).status).toBe("none");
    expect(feedback({ edits: [edit(12, { fields: ["x", "title"] })] }).edits).toEqual([
      edit(12, { fields: ["title"] }),
    ]);
  });

  test("edits are one entry a thing", () => {
    const of = (...changes: [seconds: number, change: EditEntry["change"], fields?: readonly string[]][]) =>
      feedback({
        edits: changes.map(([seconds, change, fields]) => edit(seconds, { change, ...(fields && { fields }) })),
      }).edits;
    expect(of([9, "updated", ["x"]], [12, "updated", ["content"]], [13, "updated", ["title"]])).toEqual([
      edit(13, { fields: ["content", "title"] }),
    ]);
    expect(of([11, "added"], [12, "updated", ["x"]])).toEqual([edit(12, { change: "added" })]);
    expect(of([11, "updated", ["x"]], [12, "deleted"])).toEqual([edit(12, { change: "deleted" })]);
    expect(of([11, "deleted"], [12, "added"])).toEqual([edit(12, { change: "updated" })]);
    expect(of([11, "added"], [12, "deleted"])).toEqual([]);
  });
});
