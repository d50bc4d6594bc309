import { beforeEach, expect, test } from "bun:test";
import { LastChoices } from "../../src/opencode/last-choices.ts";

let choices: LastChoices;
beforeEach(() => {
  choices = new LastChoices();
});
const model = { providerID: "scripted", modelID: "model-a" };
const wrote = (id: string, agent: string, more: object = { model }, role = "user") => {
  const info = { id, role, agent, time: { created: Number(id.slice(-1)) }, ...more };
  choices.event({ type: "message.updated", properties: { sessionID: "ses_1", info } });
};
const hasPart = (messageID: string, part: object) =>
  choices.event({ type: "message.part.updated", properties: { sessionID: "ses_1", part: { messageID, ...part } } });
const words = { type: "text", text: "words" };

test("the last message of the user says what was chosen, and no answer does", () => {
  expect(choices.find("ses_1")).toBeUndefined();
  wrote("msg_1", "odin");
  hasPart("msg_1", words);
  wrote("msg_2", "thor", { model }, "assistant");
  expect(choices.find("ses_1")).toEqual({ agent: "odin", model });
  wrote("msg_3", "build", { model: { ...model, variant: "high" } });
  hasPart("msg_3", words);
  expect(choices.find("ses_1")).toEqual({ agent: "build", model, variant: "high" });
  expect(choices.find("ses_2")).toBeUndefined();
});

test("what the plugin puts there, and a compaction, choose nothing, however often they are told", () => {
  wrote("msg_1", "odin");
  hasPart("msg_1", words);
  for (const [id, part] of [
    ["msg_2", { ...words, metadata: { bizar: [] } }],
    ["msg_3", { type: "compaction" }],
  ] as const) {
    wrote(id, "build");
    hasPart(id, part);
    wrote(id, "build");
    hasPart(id, words);
    expect(choices.find("ses_1")).toEqual({ agent: "odin", model });
  }
});

test("an older message that is told once more chooses nothing, and one whose parts were not heard neither", () => {
  wrote("msg_2", "thor");
  expect(choices.find("ses_1")).toBeUndefined();
  wrote("msg_3", "odin");
  hasPart("msg_3", words);
  wrote("msg_2", "thor");
  hasPart("msg_2", words);
  wrote("msg_4", "thor");
  expect(choices.find("ses_1")).toEqual({ agent: "odin", model });
});

test("what may have been taken back, is gone, or is half a choice is not known", () => {
  wrote("msg_1", "odin");
  hasPart("msg_1", words);
  expect(choices.find("ses_1")).toBeDefined();
  choices.event({ type: "message.removed", properties: { sessionID: "ses_1", messageID: "msg_1" } });
  expect(choices.find("ses_1")).toBeUndefined();
  wrote("msg_2", "odin");
  hasPart("msg_2", words);
  expect(choices.find("ses_1")).toBeDefined();
  choices.event({ type: "session.deleted", properties: { sessionID: "ses_1", info: {} } });
  expect(choices.find("ses_1")).toBeUndefined();
  wrote("msg_3", "odin", {});
  hasPart("msg_3", words);
  expect(choices.find("ses_1")).toBeUndefined();
  wrote("msg_4", "odin");
  hasPart("msg_4", { ...words, metadata: { bizar: [] } });
  expect(choices.find("ses_1")).toBeUndefined();
});
