import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bash, collectSpawned, serveRig, spawn, until, type ServedRig, type Step } from "./rig.ts";

let rig: ServedRig;
beforeAll(async () => {
  const keyboard = join(import.meta.dir, "../fixtures/serves-a-keyboard.ts");
  const mcp = { keys: { type: "local", command: [process.execPath, keyboard] } };
  rig = await serveRig({ config: { mcp }, options: { backend: "warm" } });
}, 180_000);
afterAll(async () => await rig.dispose());

const NUDGE = "[loop guard: 3 identical calls to bash]";
const STRONG = "[loop guard: 4 identical calls to bash]";
const GUARD = "[loop guard:";

const key: Step = { calls: [{ tool: "keys_press_key", args: { key: "Down" } }] };

function steps(count: number, step: Step): Step[] {
  return Array.from({ length: count }, () => step);
}

/** What the tools have answered to a prompt, in order. */
function answersTo(prompt: string): string[] {
  return [...(rig.requestsFor(prompt).at(-1)?.toolResults ?? [])].map((answer) => answer.trim());
}

/** The system text of a session changes for no nudge below an answer: the provider keeps what it has read. */
function systemTexts(prompt: string): Set<string> {
  return new Set(rig.requestsFor(prompt).map(({ system }) => system));
}

test("eight calls that read the same: the third is nudged below its answer, the fifth refused, and the session goes on with another approach", async () => {
  const same = { calls: [bash("cat story.txt")] };
  await writeFile(join(rig.sandbox.project, "story.txt"), "the same\n");
  rig.plan("go round", ...steps(8, same), { calls: [bash("echo another approach")] }, (request) => ({
    text: request.toolResults.at(-1) ?? "",
  }));
  const asked = await rig.ask("go round", { agent: "build" });
  expect(asked.text.trim()).toBe("another approach");
  const answers = answersTo("go round");
  expect(answers.slice(0, 2)).toEqual(["the same", "the same"]);
  expect(answers[2]).toStartWith(`the same\n\n\n${NUDGE}`);
  expect(answers[3]).toStartWith(`the same\n\n\n${STRONG}`);
  for (const answer of answers.slice(4, 8)) expect(answer).toContain("Loop protection: 4 identical calls to bash");
  expect(answers[8]).toBe("another approach");
  expect(systemTexts("go round").size).toBe(1);

  rig.plan("once more, please", same, same, { text: "fine" });
  const afresh = await rig.ask("once more, please", { agent: "build", sessionId: asked.sessionId });
  expect(afresh.text).toBe("fine");
  expect(answersTo("once more, please")).toEqual(["the same", "the same"]);
}, 180_000);

test("a call that fails is nudged in the next request, also when that one is asked again, and in no other", async () => {
  const failing = { calls: [{ tool: "read", args: { filePath: join(rig.sandbox.project, "missing.txt") } }] };
  let refusals = 0;
  rig.plan(
    "read what is not there",
    failing,
    failing,
    failing,
    // The request that carries the nudge is refused once, and asked again.
    () => (refusals++ === 0 ? { status: 429, headers: { "retry-after": "1" }, text: "slow down" } : failing),
    { text: "given up" },
  );
  await rig.ask("read what is not there", { agent: "build" });
  const requests = rig.requestsFor("read what is not there");
  const nudged = requests.filter(({ system }) => system.includes("[loop guard: 3 identical calls to read]"));
  expect(nudged.map(({ step }) => step)).toEqual([3, 3]);
  expect(requests.filter(({ system }) => system.includes("[loop guard: 4 identical")).map(({ step }) => step)).toEqual([
    4,
  ]);
  expect(answersTo("read what is not there").filter((answer) => answer.includes(GUARD))).toEqual([]);
}, 180_000);

test("a key of an MCP server may be pressed again and again: nudged at the eighth, refused at the 25th", async () => {
  rig.plan("press it", ...steps(25, key));
  await rig.ask("press it", { agent: "build" });
  const answers = answersTo("press it");
  expect(answers.filter((answer) => answer === "Pressed.").length).toBe(22);
  expect(answers[7]).toStartWith("Pressed.\n\n[loop guard: 8 identical calls to keys_press_key]");
  expect(answers[7]).toContain("Look at what it has changed");
  expect(answers[15]).toStartWith("Pressed.\n\n[loop guard: 16 identical calls to keys_press_key]");
  expect(answers[24]).toContain("Loop protection: 24 identical calls to keys_press_key");
  expect(systemTexts("press it").size).toBe(1);
}, 180_000);

test("what acts may be done again: a test run six times, a wait without the word sleep", async () => {
  const run = { calls: [bash("sh -c 'echo 3 fail; exit 1'")] };
  rig.plan("run it on purpose", ...steps(6, run));
  await rig.ask("run it on purpose", { agent: "build" });
  const answers = answersTo("run it on purpose");
  expect(answers.map((answer) => answer.includes("3 fail"))).toEqual(Array(6).fill(true));
  expect(answers.map((answer) => answer.includes(GUARD))).toEqual([false, false, false, false, true, false]);
}, 180_000);

test("the cure of a dead end is not refused, nor is what was never called", async () => {
  const spellings = ["jest test", "jest .", "jest --ci", "jest a", "jest b", "jest c", "jest d", "jest e", "jest f"];
  const calls = [...spellings, "mkdir -p node_modules", "ls", "pwd"].map((line) => ({ calls: [bash(line)] }));
  rig.plan("cure it", ...calls);
  await rig.ask("cure it", { agent: "build" });
  const answers = answersTo("cure it");
  expect(answers.length).toBe(calls.length);
  expect(answers.filter((answer) => answer.includes("Loop protection"))).toEqual([]);
  expect(answers[4]).toContain("[loop guard: 5 failing calls to bash with the same error]");
  expect(answers[7]).toContain("[loop guard: 8 failing calls to bash with the same error]");
}, 180_000);

test("an agent that presses a key six times is done, and one that fails twenty times in the same way is ended", async () => {
  rig.plan("press six times", ...steps(6, key));
  const missing = Array.from({ length: 21 }, (_, index) => ({
    calls: [{ tool: "read", args: { filePath: join(rig.sandbox.project, `missing-${index}`) } }],
  }));
  rig.plan("look for what is not there", ...missing);
  const agents = ["press six times", "look for what is not there"].map((prompt) => ({ agent: "thor", prompt }));
  rig.plan("send two out", spawn(...agents), collectSpawned());
  const [[pressed, looked]] = (await rig.ask("send two out")).answers("bizar_collect");
  expect(pressed).toMatchObject({ status: "done", result: "done" });
  expect(looked).toMatchObject({ status: "failed", reason: "loop_guard" });
  expect(looked.result.split("\n")[0]).toBe("[loop guard: 20 failing calls to read with the same error]");
}, 180_000);

test("the tool log of a session has a line for each call, and nothing of what was in it", async () => {
  rig.plan(
    "leave a trace",
    { calls: [bash("echo SECRET-WORD; sleep 0.3")] },
    { calls: [bash("exit 3")] },
    { text: "left" },
  );
  const { sessionId } = await rig.ask("leave a trace", { agent: "build" });
  const path = join(rig.sandbox.stateDir, "logs", `${sessionId}.log`);
  await until("both calls are in the log", async () => {
    const log = await readFile(path, "utf8").catch(() => "");
    return log.split("\n").length === 3;
  });
  const log = await readFile(path, "utf8");
  const line = `\\d{4}-\\d\\d-\\d\\dT\\S+Z session=${sessionId} agent=build tool=bash fingerprint=[0-9a-f]{12} outcome=ok duration=(\\d+)\n`;
  const [, duration] = new RegExp(`^${line}`).exec(log) ?? [];
  expect(Number(duration)).toBeGreaterThanOrEqual(300);
  expect(Number(duration)).toBeLessThan(3000);
  expect(log).not.toContain("SECRET");
}, 180_000);
