import { afterEach, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runOpencode } from "../../scripts/scripted-host/opencode.ts";
import { bash, collectSpawned, createRig, spawn, type Answer, type Rig } from "./rig.ts";

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
}, 60_000);

test("a missing binary is a clear error: the agent fails as spawn_failed and nothing hangs", async () => {
  rig = await createRig({ options: { opencodeBinary: "/nowhere/opencode" } });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "x" }), collectSpawned());
  const end = await run(rig, "delegate");
  const [spawned] = end.toolAnswers("bizar_spawn_background") as Answer[];
  expect(spawned).toMatchObject({ status: "failed", reason: "spawn_failed" });
  expect(spawned.error).toContain("/nowhere/opencode");
  expect(spawned.error).toContain("opencodeBinary");
  const [[collected]] = end.toolAnswers("bizar_collect") as Answer[];
  expect(collected).toMatchObject({ status: "failed", reason: "spawn_failed" });
}, 60_000);

test("a state folder that cannot be written is a clear error, and no agent is started", async () => {
  rig = await createRig();
  const blocked = join(rig.sandbox.root, "a-file");
  await writeFile(blocked, "");
  rig.plan("delegate", spawn({ agent: "thor", prompt: "never run" }));
  const end = await run(rig, "delegate", "odin", { BIZAR_STATE_DIR: join(blocked, "state") });
  const [answer] = end.toolAnswers("bizar_spawn_background") as Answer[];
  expect(answer.error).toContain(blocked);
  expect(rig.requestsFor("never run")).toEqual([]);
}, 60_000);

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
}, 60_000);

test("with one place, the second agent waits in line and runs when the first has ended", async () => {
  rig = await createRig({ options: { maxConcurrentInstances: 1 } });
  const first = Promise.withResolvers<void>();
  const order: string[] = [];
  rig.plan("first", async () => {
    await first.promise;
    order.push("first");
    return { text: "one" };
  });
  rig.plan("second", () => {
    order.push("second");
    return { text: "two" };
  });
  rig.plan(
    "delegate",
    spawn({ agent: "thor", prompt: "first" }),
    { calls: [{ tool: "bizar_spawn_background", args: { agent: "thor", prompt: "second" } }] },
    { calls: [{ tool: "bizar_status", args: {} }] },
    (request) => {
      first.resolve();
      const ids = request.toolResults.flatMap((text) => (JSON.parse(text) as { instanceId?: string }).instanceId ?? []);
      return { calls: [{ tool: "bizar_collect", args: { instanceIds: ids } }] };
    },
  );
  const end = await run(rig, "delegate");
  const [, waiting] = end.toolAnswers("bizar_spawn_background");
  expect(waiting).toMatchObject({ status: "queued", queuePosition: 1, processId: null });
  const [[, queued]] = end.toolAnswers("bizar_status") as Answer[];
  expect(queued).toMatchObject({ status: "queued", queuePosition: 1 });
  expect(end.toolAnswers("bizar_collect")).toEqual([
    [expect.objectContaining({ result: "one" }), expect.objectContaining({ result: "two" })],
  ]);
  expect(order).toEqual(["first", "second"]);
}, 60_000);

test("backgroundSkipPermissions answers yes, but what is denied stays denied", async () => {
  const config = { permission: { bash: { "*": "ask", "rm *": "deny" } } };
  rig = await createRig({ options: { backgroundSkipPermissions: true }, config });
  rig.plan("the task", { calls: [bash("echo allowed"), bash("rm nothing")] }, (request) => ({
    text: request.toolResults.join("\n---\n"),
  }));
  rig.plan("delegate", spawn({ agent: "thor", prompt: "the task" }), collectSpawned());
  const end = await run(rig, "delegate");
  const [[collected]] = end.toolAnswers("bizar_collect") as Answer[];
  const [echoed, removed] = collected.result.split("\n---\n");
  expect(echoed.trim()).toBe("allowed");
  expect(removed).toContain("prevents you");
}, 60_000);

test("BIZAR_DISABLE=1 keeps the plugin out", async () => {
  rig = await createRig();
  rig.plan("hello", { text: "hi" });
  const end = await run(rig, "hello", "build", { BIZAR_DISABLE: "1" });
  expect(end.exitCode).toBe(0);
  expect(rig.requestsFor("hello")[0]?.tools.filter((tool) => tool.startsWith("bizar_"))).toEqual([]);
}, 60_000);

test("a bad option is replaced and warned about in opencode's log; opencode starts all the same", async () => {
  rig = await createRig({ options: { maxConcurrentInstances: 99, maxConcurentInstances: 2 } });
  rig.plan("hello", { text: "hi" });
  const end = await run(rig, "hello");
  expect(end.exitCode).toBe(0);
  expect(end.stderr).toContain("maxConcurrentInstances");
  expect(end.stderr).toContain("32 is used instead");
  expect(end.stderr).toContain("Did you mean");
}, 60_000);

test("a default install warns about nothing", async () => {
  rig = await createRig();
  rig.plan("hello", { text: "hi" });
  const end = await run(rig, "hello");
  expect(end.stderr.split("\n").filter((line) => /bizar/i.test(line) && /level=(WARN|ERROR)/.test(line))).toEqual([]);
}, 60_000);
