import { afterAll, beforeAll, expect, test } from "bun:test";
import { collectSpawned, serveRig, spawn, type ServedRig } from "./rig.ts";

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig();
}, 60_000);
afterAll(async () => await rig.dispose());

test("in a folder without git, where the worktree is /, an agent runs in its parent's folder", async () => {
  const pwd = { tool: "bash", args: { command: "pwd", description: "Where" } };
  rig.plan("where", { calls: [pwd] }, (request) => ({ text: request.toolResults.join("").trim() }));
  rig.plan("delegate", spawn({ agent: "thor", prompt: "where" }), collectSpawned());
  const asked = await rig.ask("delegate");
  const result = expect.objectContaining({ status: "done", result: rig.sandbox.project });
  expect(asked.answers("bizar_collect")).toEqual([[result]]);
}, 60_000);

test("a prompt of 200 KB reaches the model byte for byte, and is in no process's arguments", async () => {
  const secret = "needle-in-the-arguments";
  const line = `- "double" 'single' $(rm -rf /) \`id\` \\n \\ ünïcödé 🦉\t${secret}\n`;
  const prompt = `-p ${line.repeat(Math.ceil(200_000 / Buffer.byteLength(line)))}end`;
  expect(Buffer.byteLength(prompt)).toBeGreaterThan(200_000);
  let argumentsSeen = "";
  rig.plan(prompt, () => {
    // The agent is running now: whatever was passed as an argument can be seen.
    argumentsSeen = Bun.spawnSync(["ps", "-axww", "-o", "args="]).stdout.toString();
    return { text: "read it all" };
  });
  rig.plan("delegate a long one", spawn({ agent: "thor", prompt }), collectSpawned());
  const asked = await rig.ask("delegate a long one");
  expect(asked.answers("bizar_collect")).toEqual([
    [expect.objectContaining({ status: "done", result: "read it all" })],
  ]);
  expect(rig.requestsFor(prompt)).toHaveLength(1);
  expect(argumentsSeen).toContain("--format json");
  expect(argumentsSeen).not.toContain(secret);
}, 60_000);

test("a result of 200 KB: the answer stays whole JSON under 40 000 bytes and names the file that has it all", async () => {
  // Each line says something else: a text that repeats itself would be stopped as a loop.
  const long = Array.from({ length: 4600 }, (_, index) => `${index * 7919}: a "quoted" 🦉 and a backslash \\\n`).join(
    "",
  );
  expect(Buffer.byteLength(long)).toBeGreaterThan(200_000);
  rig.plan("tell it all", { text: long });
  rig.plan("delegate a talker", spawn({ agent: "thor", prompt: "tell it all" }), (request) => {
    const { instanceId } = JSON.parse(request.toolResults[0] ?? "") as { instanceId: string };
    return { calls: [{ tool: "bizar_collect", args: { instanceId } }] };
  });
  const asked = await rig.ask("delegate a talker");
  const [collected] = asked.answers("bizar_collect");
  expect(collected).toMatchObject({ status: "done", truncated: true });
  expect(long.startsWith(collected.result)).toBe(true);
  expect(collected.result.length).toBeGreaterThan(10_000);
  expect(await Bun.file(collected.resultPath).text()).toBe(long);
  // What the model was given, not what the database keeps.
  const given = rig.requestsFor("delegate a talker").at(-1)?.toolResults.at(-1) ?? "";
  expect(Buffer.byteLength(given)).toBeLessThan(40_000);
  expect(JSON.parse(given)).toEqual(collected);
}, 60_000);
