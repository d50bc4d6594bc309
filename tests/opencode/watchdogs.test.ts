import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { INTERVENTION } from "../../src/supervisor/policies/thinking-loop.ts";
import { bash, collectSpawned, serveRig, spawn, type Answer, type ServedRig } from "./rig.ts";

const STALL_MS = 10_000;
const THINKING_MS = 30_000;

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig({
    options: { backgroundStallTimeoutMs: STALL_MS, backgroundThinkingLoopTimeoutMs: THINKING_MS },
  });
}, 60_000);
afterAll(async () => await rig.dispose());

/** Thoughts that go on for so long; each is another one. */
function thoughts(seconds: number) {
  const text = Array.from({ length: seconds * 2 }, (_, index) => `Thought ${index} leads to ${index * 7919}. `).join(
    "",
  );
  return { reasoning: text, drip: { pieces: seconds * 2, everyMs: 500 } };
}

const REPEATED = "I should look at the file before I decide what to do about the file. ".repeat(12);

test("a long tool, a long composed call and a long retry are left alone; silence and mere thinking are not", async () => {
  const file = join(rig.sandbox.project, "composed.txt");
  rig.plan("a long tool", { calls: [bash("sleep 13; echo slept")] }, { text: "slept well" });
  const composed = { tool: "write", args: { filePath: file, content: "composed ".repeat(200) } };
  // One piece every 15 seconds: longer apart than the stall timeout.
  rig.plan("a long call", { calls: [composed], drip: { pieces: 3, everyMs: 15_000 } }, { text: "composed well" });
  let refusals = 0;
  rig.plan("a long retry", () =>
    refusals++ === 0 ? { status: 429, headers: { "retry-after": "14" }, text: "wait" } : { text: "retried well" },
  );
  rig.plan("silence", { after: new Promise(() => undefined) });
  rig.plan("think and recover", thoughts(120));
  rig.plan(
    "repeat for ever",
    { reasoning: REPEATED, drip: { pieces: 40, everyMs: 20 }, text: "" },
    {
      after: new Promise(() => undefined),
    },
  );
  rig.plan(INTERVENTION, (request) => {
    const isRepeating = request.messages.some(({ text }) => text === "repeat for ever");
    return isRepeating ? { reasoning: REPEATED, drip: { pieces: 40, everyMs: 20 } } : { text: "recovered" };
  });
  const prompts = ["a long tool", "a long call", "a long retry", "silence", "think and recover", "repeat for ever"];
  rig.plan("delegate all", spawn(...prompts.map((prompt) => ({ agent: "thor", prompt }))), collectSpawned());
  const asked = await rig.ask("delegate all");
  const [collected] = asked.answers("bizar_collect") as [Answer[]];
  const [tool, call, retry, silence, thinking, repeating] = collected;
  expect(tool).toMatchObject({ status: "done", result: "slept well" });
  expect(call).toMatchObject({ status: "done", result: "composed well" });
  expect(retry).toMatchObject({ status: "done", result: "retried well" });
  expect(silence).toMatchObject({ status: "failed", reason: "stalled" });
  expect(thinking).toMatchObject({ status: "done", result: "recovered" });
  expect(repeating).toMatchObject({ status: "failed", reason: "thinking_loop" });
  for (const { instanceId } of collected) expect(treeMembers({ marker: instanceId })).toEqual([]);

  const records = await Promise.all(collected.map(({ instanceId }) => readRecord(instanceId)));
  expect(records[4].turns.map(({ kind }: Answer) => kind)).toEqual(["initial", "intervention"]);
  expect(records[4].interventions).toBe(1);
  // The intervention is a new turn of the same session: the model sees the task before it.
  const intervened = rig
    .requestsFor(INTERVENTION)
    .filter(({ messages }) => messages.some(({ text }) => text === "think and recover"));
  expect(intervened).toHaveLength(1);
  const stalledAfter = Date.parse(records[3].endedAt) - Date.parse(records[3].lastActivityAt);
  expect(stalledAfter).toBeGreaterThanOrEqual(STALL_MS);
}, 180_000);

function call(index: number) {
  return { calls: [bash(`echo ${index}`)] };
}

test("an agent over its tool-call cap or its token budget is ended, and says so", async () => {
  const capped = await serveRig({ options: { backgroundToolCallCap: 2, backgroundTokenBudget: 1000 } });
  try {
    capped.plan("many calls", call(1), call(2), call(3), call(4), { text: "never" });
    capped.plan(
      "much talk",
      { ...call(1), usage: { input: 900, output: 200 } },
      { after: new Promise(() => undefined) },
    );
    capped.plan(
      "delegate",
      spawn({ agent: "thor", prompt: "many calls" }, { agent: "thor", prompt: "much talk" }),
      collectSpawned(),
    );
    const [[calls, talk]] = (await capped.ask("delegate")).answers("bizar_collect");
    expect(calls).toMatchObject({ status: "failed", reason: "tool_cap" });
    expect(calls.error).toContain("more than 2 tool calls");
    expect(talk).toMatchObject({ status: "failed", reason: "budget" });
    expect(talk.error).toContain("1100 tokens");
  } finally {
    await capped.dispose();
  }
}, 60_000);

async function readRecord(instanceId: string): Promise<Answer> {
  return await Bun.file(join(rig.sandbox.stateDir, "bg", `${instanceId}.json`)).json();
}
