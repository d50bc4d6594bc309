import { describe, expect, test } from "bun:test";
import { lastChoice, type Choice, type ChosenMessage } from "../../src/opencode/last-choice.ts";

const model = { providerID: "scripted", modelID: "model-a" };
const text = { type: "text" };

function user(info: Partial<ChosenMessage["info"]>, ...parts: ChosenMessage["parts"]): ChosenMessage {
  return { info: { role: "user", ...info }, parts: parts.length === 0 ? [text] : parts };
}

const chosen = user({ agent: "odin", model: { ...model, variant: "high" } });
const choice: Choice = { agent: "odin", model, variant: "high" };
const answer: ChosenMessage = { info: { role: "assistant", agent: "other", variant: "low" }, parts: [text] };

describe("the choice of the user's last message is whole:", () => {
  const cases: readonly [what: string, messages: readonly ChosenMessage[], choice: Choice][] = [
    ["agent, model and variant", [chosen, answer], choice],
    ["a variant beside the model", [user({ agent: "odin", model, variant: "high" })], choice],
    ["no variant", [user({ agent: "odin", model })], { agent: "odin", model }],
    [
      "none of its own after one that had it",
      [chosen, answer, user({ agent: "odin", model })],
      { agent: "odin", model },
    ],
    ["the default variant", [user({ model: { ...model, variant: "default" } })], { model, variant: "default" }],
    ["a variant without a model means nothing", [user({ agent: "odin", variant: "high" })], { agent: "odin" }],
    ["nothing in an empty session", [], {}],
    ["nothing in a session without a user", [answer], {}],
    [
      "not what the plugin put there",
      [chosen, user({ agent: "odin", model }, { ...text, metadata: { bizar: [] } })],
      choice,
    ],
    ["not the request of a compaction", [chosen, user({ agent: "odin", model }, { type: "compaction" })], choice],
    [
      "that of the plugin's own where there is no other",
      [user(chosen.info, { ...text, metadata: { bizar: {} } })],
      choice,
    ],
    [
      "also of a message of the host, which goes on with another agent",
      [chosen, user({ agent: "build", model: { ...model, variant: "high" } }, { type: "text" })],
      { ...choice, agent: "build" },
    ],
  ];
  for (const [what, messages, expected] of cases) test(what, () => expect(lastChoice(messages)).toEqual(expected));
});
