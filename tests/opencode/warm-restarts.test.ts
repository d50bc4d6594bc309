import { afterEach, expect, test } from "bun:test";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runOpencode, startServer } from "../../scripts/scripted-host/opencode.ts";
import { writeConfig } from "../../scripts/scripted-host/sandbox.ts";
import { ServerClient } from "../../src/opencode/server-client.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import {
  askServer,
  bash,
  collectSpawned,
  createRig,
  forgetSession,
  recordOf,
  serveRig,
  spawn,
  until,
  type Answer,
  type Rig,
} from "./rig.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

/** The process that runs an agent. */
async function pidOf(agent: Answer): Promise<number> {
  return (await recordOf(rig, agent)).process?.pid ?? 0;
}

function tools({ instanceId }: Answer): string[] {
  return treeMembers({ marker: instanceId }).map(({ command }) => command);
}

function lives(pid: number): boolean {
  return systemProcessTable().find(pid)?.isZombie === false;
}

test("an agent goes on after its opencode and its server were started anew; changed, it begins afresh and says so", async () => {
  const described = { description: "Keeps", prompt: "You keep things in mind." };
  rig = await createRig({ options: { backend: "warm" }, config: { agent: { keeper: described } } });
  const { sandbox, model } = rig;
  rig.otherwise(({ messages }) => ({ text: `I see ${messages.filter(({ role }) => role === "user").length}.` }));
  rig.plan("spawn", spawn({ agent: "keeper", prompt: "one" }), collectSpawned());
  const first = await runOpencode(sandbox, { prompt: "spawn", agent: "odin" });
  const [agent] = first.toolAnswers("bizar_spawn_background") as [Answer];
  const { instanceId, sessionId } = await recordOf(rig, agent);
  const send = async (prompt: string): Promise<Answer[]> => {
    rig.plan(
      `send ${prompt}`,
      { calls: [{ tool: "bizar_send_message", args: { instanceId, prompt } }] },
      { calls: [{ tool: "bizar_collect", args: { instanceId } }] },
    );
    const run = await runOpencode(sandbox, { prompt: `send ${prompt}`, agent: "odin" });
    return [run.toolAnswers("bizar_send_message")[0], run.toolAnswers("bizar_collect")[0]];
  };
  const [sent, same] = await send("two");
  expect((await recordOf(rig, agent)).sessionId).toBe(sessionId);
  expect(sent).toMatchObject({ message: "keeper goes on in the same session." });
  expect(same).toMatchObject({ status: "done", result: "I see 2." });
  await writeConfig(
    sandbox.project,
    model.url,
    { backend: "warm" },
    { agent: { keeper: { ...described, prompt: "?" } } },
  );
  const [afresh, changed] = await send("three");
  expect((await recordOf(rig, agent)).sessionId).not.toBe(sessionId);
  expect(afresh.message).toStartWith(`keeper begins a new session, in which nothing of the earlier one (${sessionId})`);
  expect(changed.result).toMatch(/^\[new session: the definition of "keeper" has changed.*\]\nI see 1\.$/);
}, 180_000);

test("of two directories that share a server one is closed: its agent is ended, the other one's works on", async () => {
  const served = await serveRig({ options: { backend: "warm" } });
  rig = served;
  const { sandbox, server } = served;
  const other = join(sandbox.root, "other");
  await mkdir(other);
  await copyFile(join(sandbox.project, "opencode.json"), join(other, "opencode.json"));
  const go = Promise.withResolvers<void>();
  rig.plan("work here", { after: go.promise, text: "worked on" });
  rig.plan("hang there", { calls: [bash("sleep 878")] });
  rig.plan("spawn here", spawn({ agent: "thor", prompt: "work here" }));
  rig.plan("spawn there", spawn({ agent: "thor", prompt: "hang there" }));
  const [here] = (await served.ask("spawn here")).answers("bizar_spawn_background");
  const [there] = (await served.ask("spawn there", { directory: other })).answers("bizar_spawn_background");
  const serverPid = await pidOf(here);
  expect(await pidOf(there)).toBe(serverPid);
  await until("its command runs", () => tools(there).includes("sleep 878"));
  await server.client.instance.dispose({ query: { directory: other } });
  await until("its end is written down", async () => (await recordOf(rig, there)).reason === "shutdown");
  expect([tools(there), lives(serverPid)]).toEqual([[], true]);
  rig.plan("collect", { calls: [{ tool: "bizar_collect", args: { instanceId: here.instanceId } }] });
  const collecting = served.ask("collect");
  go.resolve();
  expect((await collecting).answers("bizar_collect")).toMatchObject([{ status: "done", result: "worked on" }]);
  await server.client.instance.dispose({ query: { directory: sandbox.project } });
  await until("the last one ends the server", () => !lives(serverPid));
}, 180_000);

test("opencode is killed with a warm agent at work: the next one says so, tells its parent, and goes on with it", async () => {
  rig = await createRig({ options: { backend: "warm" } });
  const { sandbox } = rig;
  rig.plan("hang", { text: "I begin.", calls: [bash("sleep 879")] });
  rig.plan("spawn one", spawn({ agent: "thor", prompt: "hang" }), { text: "under way" });
  const first = await startServer(sandbox);
  const asked = await askServer(first, sandbox.project, "spawn one");
  const [agent] = asked.answers("bizar_spawn_background");
  await until("its command runs", () => tools(agent).includes("sleep 879"));
  const { instanceId, sessionId, process: ran } = await recordOf(rig, agent);
  await first.stop("SIGKILL");
  // As if that had not reached the disk: the server made the session, and knows for whom.
  await forgetSession(rig, agent);
  const second = await startServer(sandbox);
  rig.plan(
    "and now",
    { calls: [{ tool: "bizar_collect", args: { instanceId } }] },
    { calls: [{ tool: "bizar_send_message", args: { instanceId, prompt: "go on" } }] },
    { calls: [{ tool: "bizar_collect", args: { instanceId } }] },
  );
  rig.plan("go on", ({ messages }) => ({ text: messages.some(({ text }) => text === "hang") ? "went on" : "?" }));
  const now = await askServer(second, sandbox.project, "and now");
  const [lost, continued] = now.answers("bizar_collect");
  expect(lost).toMatchObject({ status: "failed", reason: "supervisor_lost", result: "I begin." });
  expect(now.answers("bizar_send_message")).toMatchObject([
    { message: "thor goes on in the same session, after a turn that was failed (supervisor_lost)." },
  ]);
  expect(continued).toMatchObject({ status: "done", result: "went on" });
  expect((await recordOf(rig, agent)).sessionId).toBe(sessionId);
  expect([lives(ran?.pid ?? 0), tools(agent)]).toEqual([false, []]);
  await second.stop();
}, 180_000);

test("with onExit finish an agent is told of when it has finished, while another one works on on their server", async () => {
  rig = await createRig({ options: { backend: "warm", onExit: "finish" } });
  const { sandbox } = rig;
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  rig.plan("short", { after: first.promise, text: "The short one." });
  rig.plan("long", { calls: [bash("echo 1")] }, { after: second.promise, text: "The long one." });
  rig.plan("spawn both", spawn({ agent: "thor", prompt: "short" }, { agent: "thor", prompt: "long" }), {
    text: "under way",
  });
  const killed = await startServer(sandbox);
  const [short, long] = (await askServer(killed, sandbox.project, "spawn both")).answers("bizar_spawn_background");
  const theirs = await pidOf(long);
  await until("both are at work", () => rig.requestsFor("short").length === 1 && rig.requestsFor("long").length === 2);
  await killed.stop("SIGKILL");
  const host = await startServer(sandbox);
  first.resolve();
  const collect = async ({ instanceId }: Answer): Promise<Answer> => {
    rig.plan(instanceId, { calls: [{ tool: "bizar_collect", args: { instanceId, timeoutMs: 40_000 } }] });
    return (await askServer(host, sandbox.project, instanceId)).answers("bizar_collect")[0];
  };
  expect(await collect(short)).toMatchObject({ status: "done", result: "The short one." });
  expect([lives(theirs), (await recordOf(rig, long)).status]).toEqual([true, "running"]);
  second.resolve();
  expect(await collect(long)).toMatchObject({ status: "done", result: "The long one." });
  await until("their server has ended", () => !lives(theirs));
  await host.stop();
}, 180_000);

/** The server of warm agents that is this process, as its host asks it. */
function clientOf(pid: number): ServerClient {
  const table = systemProcessTable();
  const port = / --port (\d+)/.exec(table.find(pid)?.command ?? "")?.[1] ?? "";
  const password = table.values("OPENCODE_SERVER_PASSWORD").get(pid) ?? "";
  return new ServerClient({ url: `http://127.0.0.1:${port}`, password }, async (request) => await fetch(request));
}

for (const [answer, backgroundSkipPermissions, result] of [
  ["no", false, /Nobody can give this permission.* \| .*Nobody can give this permission/],
  ["yes, with backgroundSkipPermissions", true, /^one\s+\| two\s*$/],
] as const) {
  test(`with onExit finish the server answers what its dead host left open, and what is asked later: ${answer}`, async () => {
    rig = await createRig({
      options: { backend: "warm", onExit: "finish", backgroundSkipPermissions },
      config: { agent: { asker: { mode: "subagent", description: "Asks", permission: { bash: "ask" } } } },
    });
    const { sandbox } = rig;
    const hostStands = Promise.withResolvers<void>();
    rig.plan(
      "use bash",
      { after: hostStands.promise, calls: [bash("echo one")] },
      { calls: [bash("echo two")] },
      ({ toolResults }) => ({ text: toolResults.join(" | ") }),
    );
    rig.plan("spawn one", spawn({ agent: "asker", prompt: "use bash" }), { text: "under way" });
    const host = await startServer(sandbox);
    const [agent] = (await askServer(host, sandbox.project, "spawn one")).answers("bizar_spawn_background");
    await until("it asks its model", () => rig.requestsFor("use bash").length === 1);
    const pid = await pidOf(agent);
    // It answers nothing any more.
    process.kill(host.pid, "SIGSTOP");
    hostStands.resolve();
    const warm = clientOf(pid);
    await until("it asks", async () => (await warm.openQuestions(sandbox.project)).length === 1);
    await host.stop("SIGKILL");
    await until("the server has ended itself", () => !lives(pid), 15_000);
    rig.plan("what became of it", { calls: [{ tool: "bizar_collect", args: { instanceId: agent.instanceId } }] });
    const end = await runOpencode(sandbox, { prompt: "what became of it", agent: "odin" });
    expect(end.toolAnswers("bizar_collect")).toMatchObject([{ status: "done", result: expect.stringMatching(result) }]);
  }, 180_000);
}
