import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startServer, type Server } from "../../scripts/scripted-host/opencode.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import {
  askServer,
  createRig,
  operator as runOperator,
  serve,
  spawn,
  until,
  type Answer,
  type ServedRig,
} from "./rig.ts";

let rig: ServedRig;
/** An opencode beside that one, on the same state. */
let other: Server;
beforeAll(async () => {
  const created = await createRig();
  const sessions = join(created.sandbox.stateDir, "sessions");
  mkdirSync(sessions, { recursive: true });
  for (const [name, days] of [["ses_old.json", 8] as const, ["ses_young.json", 6] as const]) {
    const at = (Date.now() - days * DAY) / 1000;
    writeFileSync(join(sessions, name), "{}");
    utimesSync(join(sessions, name), at, at);
  }
  rig = await serve(created);
  other = await startServer(rig.sandbox);
}, 180_000);
afterAll(async () => {
  await other.stop();
  await rig.dispose();
});

const DAY = 86_400_000;

const operator = async (...args: string[]) => await runOperator(rig, ...args);

function living(instanceId: string): string[] {
  return treeMembers({ marker: instanceId }).map(({ command }) => command);
}

/** Plans an Odin that spawns an agent which hangs in its bash, and collects it. */
function planHangingAgent(): void {
  const command = "nohup sleep 78 >/dev/null 2>&1 & sleep 77";
  rig.plan("hang", { calls: [{ tool: "bash", args: { command, description: "Hangs" } }] });
  rig.plan("collect one that hangs", spawn({ agent: "thor", prompt: "hang" }), (request) => {
    const [{ instanceId }] = request.toolResults.map((text) => JSON.parse(text) as { instanceId: string }) as [Answer];
    return { calls: [{ tool: "bizar_collect", args: { instanceId } }] };
  });
}

function instanceIds(): string[] {
  if (!existsSync(rig.sandbox.stateDir)) return [];
  const names = readdirSync(rig.sandbox.stateDir, { recursive: true, encoding: "utf8" });
  return names.flatMap((name) => /^bg\/(bgr_\w{26})\.json$/.exec(name)?.[1] ?? []);
}

function hanging(): string | undefined {
  return instanceIds().find((id) => ["sleep 77", "sleep 78"].every((sleeper) => living(id).includes(sleeper)));
}

async function untilItHangs(): Promise<string> {
  await until("the agent hangs in its bash", () => hanging() !== undefined);
  return hanging() ?? "";
}

test("the start of an opencode removes what is older than 7 days", async () => {
  const sessions = join(rig.sandbox.stateDir, "sessions");
  rig.plan("hello", { text: "hello" });
  await rig.ask("hello");
  await until("the old one is gone", () => !existsSync(join(sessions, "ses_old.json")));
  expect(existsSync(join(sessions, "ses_young.json"))).toBe(true);
}, 180_000);

test("an operator sees an agent of a running opencode serve, and kills it: its collect is answered, nothing is left", async () => {
  planHangingAgent();
  const asking = rig.ask("collect one that hangs");
  const id = await untilItHangs();
  const listed = await operator("ps");
  expect(listed.stdout.trimEnd().split("\n")).toHaveLength(2);
  expect(listed.stdout).toMatch(new RegExp(`^${id}  thor +running .* lives `, "m"));
  expect((await operator("logs", "Hang")).stdout).not.toContain("[stderr]");
  expect((await operator("logs", "Hang", "--all")).stdout).toContain("[stderr]");
  const begin = performance.now();
  expect(await operator("kill", id)).toEqual({ exitCode: 0, stdout: `${id} killed\n`, stderr: "" });
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(living(id)).toEqual([]);
  const asked = await asking;
  expect(asked.answers("bizar_collect")).toEqual([
    expect.objectContaining({
      instanceId: id,
      status: "killed",
      reason: "killed",
      error: "Killed on request of another process.",
    }),
  ]);
  expect((await operator("show", id)).stdout).toContain("status:     killed");
}, 180_000);

test("a message of Odin in another opencode is a further turn of an agent that has ended, run by its own opencode", async () => {
  rig.plan("first task", { text: "first result" });
  rig.plan("delegate", spawn({ agent: "thor", backend: "warm", prompt: "first task" }), (request) => {
    const ids = request.toolResults.map((text) => (JSON.parse(text) as { instanceId: string }).instanceId);
    return { calls: [{ tool: "bizar_collect", args: { instanceIds: ids } }] };
  });
  const [[{ instanceId }]] = (await rig.ask("delegate")).answers("bizar_collect");
  rig.plan("and the second", { text: "second result" });
  rig.plan(
    "send and collect",
    { calls: [{ tool: "bizar_send_message", args: { instanceId, prompt: "and the second" } }] },
    { calls: [{ tool: "bizar_collect", args: { instanceId } }] },
  );
  const asked = await askServer(other, rig.sandbox.project, "send and collect");
  expect(asked.answers("bizar_collect")).toEqual([
    expect.objectContaining({ status: "done", result: "second result" }),
  ]);
  const { supervisor } = JSON.parse((await operator("show", instanceId, "--json")).stdout);
  expect(supervisor.pid).toBe(rig.server.pid);
}, 180_000);

test("an opencode that is stopped does not react: the operator is told so, and the agent is not killed later", async () => {
  planHangingAgent();
  const asking = rig.ask("collect one that hangs").catch(() => undefined);
  const id = await untilItHangs();
  process.kill(rig.server.pid, "SIGSTOP");
  const { exitCode, stderr } = await operator("kill", id);
  process.kill(rig.server.pid, "SIGCONT");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("did not react to the request, which was taken back");
  expect((await operator("ps")).stdout).toContain(id);
  expect((await operator("kill", id)).stdout).toBe(`${id} killed\n`);
  await asking;
}, 180_000);

test("an agent of one opencode is killed by Odin in another one on the same state folder, which was removed meanwhile", async () => {
  planHangingAgent();
  const asking = rig.ask("collect one that hangs");
  const id = await untilItHangs();
  rmSync(rig.sandbox.stateDir, { recursive: true, maxRetries: 3 });
  await until("the record is there again", () => instanceIds().includes(id));
  rig.plan("kill that of the other", { calls: [{ tool: "bizar_kill", args: { instanceId: id } }] });
  const asked = await askServer(other, rig.sandbox.project, "kill that of the other");
  expect(asked.answers("bizar_kill")).toEqual([{ instanceId: id, status: "killed" }]);
  expect(living(id)).toEqual([]);
  expect((await asking).answers("bizar_collect")).toEqual([expect.objectContaining({ status: "killed" })]);
}, 180_000);
