import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { BackendName } from "../../../src/supervisor/instance.ts";
import { INTERVENTION } from "../../../src/supervisor/policies/intervention.ts";
import { bash, collectSpawned, recordOf, serveRig, spawn, type Answer, type ServedRig, type Step } from "../rig.ts";
import { UNANSWERED } from "../../../src/agent-role/questions.ts";
import { ASKER } from "./asking-agents.ts";
import { BACKENDS, living } from "./on-both-backends.ts";

const STALL_MS = 10_000;
const THINKING_MS = 30_000;
const TOOL_MS = 20_000;
/** Longer than an agent may be silent. */
const WAIT_MS = 12_000;
const STARTED_AT_ONCE = 4;

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig({
    options: {
      permissionWaitMs: WAIT_MS,
      backgroundStallTimeoutMs: STALL_MS,
      backgroundThinkingLoopTimeoutMs: THINKING_MS,
      backgroundToolTimeoutMs: TOOL_MS,
      // All of them wait at the same time.
      maxConcurrentInstances: 16,
    },
    config: { agent: { asker: ASKER } },
  });
}, 180_000);
afterAll(async () => await rig.dispose());

/** Thoughts that go on for so long; each is another one. */
function thoughts(seconds: number) {
  const text = Array.from({ length: seconds * 2 }, (_, index) => `Thought ${index} leads to ${index * 7919}. `).join(
    "",
  );
  return { reasoning: text, drip: { pieces: seconds * 2, everyMs: 500 } };
}

const REPEATED = "I should look at the file before I decide what to do about the file. ".repeat(150);
/** Goes on for longer than it takes to notice. */
const repeating = { reasoning: REPEATED, drip: { pieces: 500, everyMs: 20 } };
const NEVER = new Promise<never>(() => undefined);

/** Those that take longest come first. */
const PROMPTS = [
  "think and recover",
  "repeat for ever",
  "a long call",
  "a stuck tool",
  "a long tool",
  "a long retry",
  "nobody answers",
  "silence",
] as const;
type Prompt = (typeof PROMPTS)[number];

/** What is heard of an agent is judged in one place: of processes it is only seen that all kinds of it arrive there. */
const ASKED: Record<BackendName, readonly Prompt[]> = {
  process: ["think and recover", "a long tool", "nobody answers", "silence"],
  warm: PROMPTS,
};

/** Asks for two things in turn, and for each until it is refused. */
const insist: Step = ({ toolResults }) => {
  const refused = toolResults.filter((text) => text === UNANSWERED).length;
  return refused > 1 ? { text: toolResults.join(" | ") } : { calls: [bash(refused === 0 ? "touch a" : "touch b")] };
};

/** What the model says to an agent of this backend. */
function plan(backend: string): void {
  const on = (prompt: Prompt, ...steps: Parameters<ServedRig["plan"]>[1][]) =>
    rig.plan(`${prompt} ${backend}`, ...steps);
  const file = join(rig.sandbox.project, `composed-${backend}.txt`);
  const composed = { tool: "write", args: { filePath: file, content: "composed ".repeat(200) } };
  let refusals = 0;
  on("a long tool", { calls: [bash("sleep 13; echo slept")] }, { text: "slept well" });
  // One piece every 15 seconds: longer apart than the stall timeout.
  on("a long call", { calls: [composed], drip: { pieces: 3, everyMs: 15_000 } }, { text: "composed well" });
  on("a long retry", () =>
    refusals++ === 0 ? { status: 429, headers: { "retry-after": "14" }, text: "wait" } : { text: "retried well" },
  );
  on("silence", { after: NEVER });
  on("a stuck tool", { calls: [bash("nohup sleep 92 & sleep 91")] }, { text: "never" });
  on("nobody answers", insist, insist, insist, insist);
  on("think and recover", thoughts(120));
  on("repeat for ever", repeating);
}

const delegated = Object.fromEntries(BACKENDS.map((backend) => [backend, [] as Answer[]]));

beforeAll(async () => {
  for (const backend of BACKENDS) plan(backend);
  rig.otherwise((request) => {
    if (!request.prompt.startsWith(INTERVENTION)) return { text: "done" };
    const isRepeating = request.messages.some(({ text }) => text.startsWith("repeat for ever"));
    return isRepeating ? repeating : { text: "recovered" };
  });
  const agents = BACKENDS.flatMap((backend) =>
    ASKED[backend].map((prompt) => ({
      ...{ backend, agent: prompt === "nobody answers" ? "asker" : "thor", prompt: `${prompt} ${backend}` },
    })),
  );
  // Not all at the same moment: a machine that starts this many may be silent for longer than an agent may.
  const [first, second] = [agents.slice(0, STARTED_AT_ONCE), agents.slice(STARTED_AT_ONCE)];
  rig.plan("delegate all", spawn(...first), spawn(...second), collectSpawned());
  const [collected = []] = (await rig.ask("delegate all")).answers("bizar_collect");
  for (const [index, { backend }] of agents.entries()) delegated[backend]?.push(collected[index]);
}, 180_000);

const end = (backend: BackendName, prompt: Prompt): Answer => delegated[backend]?.[ASKED[backend].indexOf(prompt)];

for (const backend of BACKENDS) {
  test(`a long tool is left alone [${backend}]`, () => {
    expect(end(backend, "a long tool")).toMatchObject({ status: "done", result: "slept well" });
  });

  test(`silence ends the run as stalled, and not before its time [${backend}]`, async () => {
    expect(end(backend, "silence")).toMatchObject({ status: "failed", reason: "stalled" });
    const { endedAt, lastActivityAt } = await recordOf(rig, end(backend, "silence"));
    expect(Date.parse(endedAt ?? "") - Date.parse(lastActivityAt)).toBeGreaterThanOrEqual(STALL_MS);
    expect(living(end(backend, "silence"))).toEqual([]);
  });

  test(`a question that nobody answers is refused, further ones at once, and the agent goes on [${backend}]`, async () => {
    const { status, result, instanceId } = end(backend, "nobody answers");
    expect(status).toBe("done");
    expect(result.split(UNANSWERED)).toHaveLength(3);
    const { questions } = await recordOf(rig, { instanceId });
    expect(questions).toMatchObject([{ what: "bash: touch a", state: "unanswered", answeredBy: "nobody" }]);
  });

  test(`an agent that only thinks is told once to take a step, in a new turn of its session [${backend}]`, async () => {
    expect(end(backend, "think and recover")).toMatchObject({ status: "done", result: "recovered" });
    const { turns, interventions } = await recordOf(rig, end(backend, "think and recover"));
    expect([turns.map(({ kind }) => kind), interventions]).toEqual([["initial", "intervention"], 1]);
    // The model sees the task before it.
    const intervened = rig.model.requests.filter(({ prompt }) => prompt.startsWith(INTERVENTION));
    const own = intervened.filter(({ messages }) =>
      messages.some(({ text }) => text === `think and recover ${backend}`),
    );
    expect(own).toHaveLength(1);
    // It is stopped anywhere in a sentence.
    expect(own[0]?.prompt).toMatch(/Your thoughts ended with "….*Thought \d+ leads to \d+\..*"/);
    expect(own[0]?.prompt).toContain(
      "read a file or search for the one fact you miss, run a command, or make a change",
    );
  });
}

test("a long composed call and a long retry are left alone [warm]", () => {
  expect(end("warm", "a long call")).toMatchObject({ status: "done", result: "composed well" });
  expect(end("warm", "a long retry")).toMatchObject({ status: "done", result: "retried well" });
});

test("a tool that never ends is ended as tool_stuck, with all that it started [warm]", async () => {
  expect(end("warm", "a stuck tool")).toMatchObject({ status: "failed", reason: "tool_stuck" });
  expect((await recordOf(rig, end("warm", "a stuck tool"))).toolCallCount).toBe(1);
  expect(end("warm", "a stuck tool").error).toContain("bash");
  expect(living(end("warm", "a stuck tool"))).toEqual([]);
});

test("thoughts that repeat themselves for ever end the run as thinking_loop [warm]", async () => {
  expect(end("warm", "repeat for ever")).toMatchObject({ status: "failed", reason: "thinking_loop" });
  expect((await recordOf(rig, end("warm", "repeat for ever"))).interventions).toBe(1);
  expect(living(end("warm", "repeat for ever"))).toEqual([]);
});
