import { describe, expect, test } from "bun:test";
import { offeredTools, type OfferedToolsParts } from "../../src/host/offered-tools.ts";

const BACKGROUND = ["spawn_background", "status", "collect", "send_message", "kill", "changes"];
const PLANS = ["plan_action", "get_plan_comments", "wait_for_feedback"];

/** The plugin's tools that a request of an agent is left without. */
function rigWith(given: Partial<OfferedToolsParts> = {}) {
  const parts = { supervisorAgents: ["odin"], wantsPlans: async () => false, slugs: async () => ["new-login"] };
  const hooks = offeredTools({ ...parts, ...given });
  return async (agent: string, text: string, more: object[] = [], tools?: Record<string, boolean>) => {
    const asked = { info: { role: "user", sessionID: "ses_1", agent, tools }, parts: [{ type: "text", text }] };
    const messages = [asked, { info: { role: "assistant", sessionID: "ses_1" }, parts: more }];
    await hooks["experimental.chat.messages.transform"]({}, { messages: messages as never });
    return Object.entries(asked.info.tools ?? {}).flatMap(([name, isOn]) => (isOn ? [] : [name]));
  };
}

const names = (short: string[]) => short.map((name) => `bizar_${name}`);

test("Odin has all of them, and so has whoever is named beside him", async () => {
  expect(await rigWith()("odin", "hello")).toEqual([]);
  expect(await rigWith({ supervisorAgents: ["lead"] })("lead", "hello")).toEqual([]);
});

test("where every agent may delegate, the tools for plans are left out all the same", async () => {
  expect(await rigWith({ supervisorAgents: ["*"] })("build", "hello")).toEqual(names(PLANS));
});

test("what a message had switched off stays off", async () => {
  expect(await rigWith()("odin", "hello", [], { bash: false })).toEqual(["bash"]);
  expect(await rigWith()("build", "new-login", [], { bash: false })).toEqual(["bash", ...names(BACKGROUND)]);
});

describe("the tools for plans are for an agent whose words name a plan", () => {
  const cases: [text: string, isNamed: boolean][] = [
    ["new-login", true],
    ['Work from "new-login".', true],
    ["see plans/new-login/plan.json", true],
    ["brand-new-login", false],
    ["new-logins", false],
    ["a new login", false],
    ["", false],
  ];
  for (const [text, isNamed] of cases) {
    test(`${JSON.stringify(text)}: ${isNamed}`, async () => {
      expect(await rigWith()("build", text)).toEqual(names(isNamed ? BACKGROUND : [...BACKGROUND, ...PLANS]));
    });
  }
});

test("they are for all while the user wants plans, or a review is open, and stay for the session", async () => {
  let wanted = true;
  const left = rigWith({ wantsPlans: async () => wanted });
  expect(await left("build", "hello")).toEqual(names(BACKGROUND));
  wanted = false;
  expect(await left("build", "hello")).toEqual(names(BACKGROUND));
});

test("a session that has drawn in an earlier process keeps them", async () => {
  const call = { type: "tool", tool: "bizar_plan_action" };
  expect(await rigWith()("build", "hello", [call])).toEqual(names(BACKGROUND));
});

test("where it cannot be read whether plans are wanted, they are offered", async () => {
  const left = rigWith({ wantsPlans: async () => await Promise.reject(new Error("no disk")) });
  expect(await left("build", "hello")).toEqual(names(BACKGROUND));
});
