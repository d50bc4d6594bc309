import { expect, test } from "bun:test";
import { createPlanRig } from "../plan-rig.ts";

const drawn = {
  elements: [
    { name: "goal", title: "Goal", content: "Ship it" },
    { name: "risk", type: "note", title: "Risk", content: "None" },
  ],
  connections: ["goal>risk"],
};

test("get_canvas tells first what others changed since the session's last look, and its own edits are no news", async () => {
  const { act, person } = createPlanRig();
  await act("draw", drawn);
  const first = await act("get_canvas");
  expect(Object.keys(first).slice(0, 4)).toEqual(["ok", "action", "planSlug", "changedSinceYourLook"]);
  expect(first.changedSinceYourLook).toBe("nothing");
  await person({ op: "update_element", id: "el_goal", changes: { content: "Ship half of it" } });
  await person({ op: "update_element", id: "el_risk", changes: { x: 900, y: 40 } });
  await person({ op: "add_element", element: { id: "el_new", type: "note", title: "Not now" } });
  await person({ op: "add_comment", comment: { id: "c_1", elementId: "el_goal", text: "Why half?" } });
  await act("update_element", { elementId: "risk", title: "Risks" });
  await act("add_comment", { elementId: "goal", text: "My own" });
  const second = await act("get_canvas");
  expect(second.changedSinceYourLook).toEqual({
    edits: [
      {
        ...{ by: "user", change: "updated", what: "element", id: "el_goal", title: "Goal", fields: ["content"] },
        ...{ old: { content: "Ship it" }, new: { content: "Ship half of it" } },
      },
      {
        by: "user",
        change: "added",
        what: "element",
        id: "el_new",
        title: "Not now",
        new: { type: "note" },
      },
    ],
    newComments: ["c_1"],
  });
  expect((await act("get_canvas")).changedSinceYourLook).toBe("nothing");
});

test("another session's first look tells of no change, and then of what the first session does", async () => {
  const { act } = createPlanRig();
  await act("draw", drawn);
  const other = { sessionID: "ses_other", agent: "thor" };
  expect(await act("get_canvas", {}, other)).not.toHaveProperty("changedSinceYourLook");
  await act("delete_element", { elementId: "risk" });
  expect((await act("get_canvas", {}, other)).changedSinceYourLook).toMatchObject({
    edits: [
      { by: "odin", change: "deleted", what: "element", id: "el_risk", title: "Risk" },
      { by: "odin", change: "deleted", what: "connection" },
    ],
  });
});

test("a reply to a known comment is news, and of very many changes the latest are told", async () => {
  const { act, person } = createPlanRig();
  await act("draw", drawn);
  await person({ op: "add_comment", comment: { id: "c_1", elementId: null, text: "Hm" } });
  await act("get_canvas");
  await person({ op: "reply_to_comment", commentId: "c_1", reply: { id: "r_1", text: "Well" } });
  const elements = Array.from({ length: 40 }, (_, index) => {
    return { id: `el_${index}`, type: "text", title: `T${index}`, content: "x".repeat(550), x: 0, y: index * 900 };
  });
  await person(...elements.map((element) => ({ op: "add_element" as const, element })));
  const { changedSinceYourLook: told } = await act("get_canvas");
  expect(told.newComments).toEqual(["c_1"]);
  expect(told.edits.at(-1).id).toBe("el_39");
  expect(told.moreEdits + told.edits.length).toBe(40);
  expect(told.moreEdits).toBeGreaterThan(0);
});
