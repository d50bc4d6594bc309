import { afterEach, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runOpencode } from "../../scripts/scripted-host/opencode.ts";
import { OPENCODE } from "../../scripts/scripted-host/sandbox.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { SMALL_MODEL, setModels } from "./contract/on-both-backends.ts";
import { bash, collectSpawned, createRig, resultOf, spawn, type Answer, type Rig } from "./rig.ts";

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.dispose();
  rig = undefined;
});

async function run(rigged: Rig, prompt: string, agent = "odin", environment: Record<string, string> = {}) {
  return await runOpencode(rigged.sandbox, {
    prompt,
    agent,
    environment,
    arguments: ["--print-logs", "--log-level", "INFO"],
  });
}

test("supervisorAgents opens the tools to other agents", async () => {
  rig = await createRig({ options: { supervisorAgents: ["build"] } });
  rig.plan("the task", { text: "by build's agent" });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "the task" }), collectSpawned());
  const end = await run(rig, "delegate", "build");
  expect(end.toolAnswers("bizar_collect")).toEqual([[expect.objectContaining({ result: "by build's agent" })]]);
}, 180_000);

test("a missing binary is a clear error on both backends: the agent fails as spawn_failed and nothing hangs", async () => {
  rig = await createRig({ options: { opencodeBinary: "/nowhere/opencode" } });
  const agents = ["process", "warm"].map((backend) => ({ backend, agent: "thor", prompt: "x" }));
  rig.plan("delegate", spawn(...agents), collectSpawned());
  const end = await run(rig, "delegate");
  const spawned = end.toolAnswers("bizar_spawn_background") as Answer[];
  const [collected] = end.toolAnswers("bizar_collect") as Answer[];
  for (const answer of [...spawned, ...collected]) {
    expect(answer).toMatchObject({ status: "failed", reason: "spawn_failed" });
    expect(answer.error).toContain("/nowhere/opencode");
    expect(answer.error).toContain("opencodeBinary");
  }
  expect([spawned.length, collected.length]).toEqual([2, 2]);
}, 180_000);

test("of an agent without a voice, whose session was compacted, the result is its own last message too", async () => {
  const wrapper = join(temporaryFolder(), "opencode");
  await writeFile(wrapper, `#!/bin/sh\nBIZAR_DISABLE=1 exec ${OPENCODE} "$@"\n`, { mode: 0o755 });
  rig = await createRig({ options: { opencodeBinary: wrapper } });
  await setModels(rig.sandbox.home);
  rig.plan("fill it", { text: "I look first.", calls: [bash("ls")], usage: { input: 9400, output: 100 } });
  rig.otherwise(({ prompt }) => ({ text: prompt.startsWith("Continue if you have") ? "FINAL" : "done" }));
  const agent = { agent: "build", prompt: "fill it", model: SMALL_MODEL };
  rig.plan("delegate", spawn(agent), collectSpawned());
  const [collected] = (await run(rig, "delegate")).toolAnswers("bizar_collect") as Answer[];
  expect(collected).toEqual([expect.objectContaining({ status: "done", result: "FINAL" })]);
  expect(await resultOf(rig, collected[0])).toBe("I look first.\n\nFINAL");
}, 180_000);

test("a state folder that cannot be written is a clear error, and no agent is started", async () => {
  rig = await createRig();
  const blocked = join(rig.sandbox.root, "a-file");
  await writeFile(blocked, "");
  rig.plan("delegate", spawn({ agent: "thor", prompt: "never run" }));
  const end = await run(rig, "delegate", "odin", { BIZAR_STATE_DIR: join(blocked, "state") });
  const [answer] = end.toolAnswers("bizar_spawn_background") as Answer[];
  expect(answer.error).toContain(blocked);
  expect(rig.requestsFor("never run")).toEqual([]);
}, 180_000);

test("a log folder that takes nothing costs the log, not the agent", async () => {
  rig = await createRig();
  const blocked = join(rig.sandbox.root, "a-file");
  await writeFile(blocked, "");
  rig.plan("the task", { text: "done without a log" });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "the task" }), collectSpawned());
  const end = await run(rig, "delegate", "odin", { BIZAR_LOG_DIR: join(blocked, "logs") });
  expect(end.toolAnswers("bizar_collect")).toEqual([
    [expect.objectContaining({ status: "done", result: "done without a log" })],
  ]);
  expect(end.stderr).toMatch(/service=bizar.*cannot be written|bizar.*cannot be written/);
}, 180_000);

test("BIZAR_DISABLE=1 keeps the plugin out", async () => {
  rig = await createRig();
  rig.plan("hello", { text: "hi" });
  const end = await run(rig, "hello", "build", { BIZAR_DISABLE: "1" });
  expect(end.exitCode).toBe(0);
  expect(rig.requestsFor("hello")[0]?.tools.filter((tool) => tool.startsWith("bizar_"))).toEqual([]);
}, 180_000);

test("a bad option is replaced and warned about in opencode's log; opencode starts all the same", async () => {
  rig = await createRig({ options: { maxConcurrentInstances: 99, maxConcurentInstances: 2 } });
  rig.plan("hello", { text: "hi" });
  const end = await run(rig, "hello");
  expect(end.exitCode).toBe(0);
  expect(end.stderr).toContain("maxConcurrentInstances");
  expect(end.stderr).toContain("32 is used instead");
  expect(end.stderr).toContain("Did you mean");
}, 180_000);

test("a default install warns about nothing", async () => {
  rig = await createRig();
  rig.plan("hello", { text: "hi" });
  const end = await run(rig, "hello");
  expect(end.stderr.split("\n").filter((line) => /bizar/i.test(line) && /level=(WARN|ERROR)/.test(line))).toEqual([]);
}, 180_000);
