import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runOpencode, startRun, startServer } from "../../scripts/scripted-host/opencode.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import {
  askServer,
  bash,
  collectSpawned,
  createRig,
  recordOf,
  resultOf,
  serveRig,
  spawn,
  spawnedIds,
  until,
  type Answer,
  type Rig,
  type ServedRig,
} from "./rig.ts";

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig({
    options: { backend: "warm" },
    config: { agent: { asker: { mode: "subagent", description: "Asks", permission: { bash: "ask" } } } },
  });
}, 180_000);
afterAll(async () => await rig.dispose());

let own: Rig | undefined;
afterEach(async () => {
  await own?.dispose();
  own = undefined;
});

/** The processes of an agent that its marker finds. */
function tools(instanceId: string): string[] {
  return treeMembers({ marker: instanceId }).map(({ command }) => command);
}

function lives(pid: number): boolean {
  return systemProcessTable().find(pid)?.isZombie === false;
}

/** Whether a server of warm agents listens; an opencode that is about to become one has no port of its own yet. */
async function listens(pid: number): Promise<boolean> {
  const port = / --port ([1-9]\d*)/.exec(systemProcessTable().find(pid)?.command ?? "")?.[1];
  if (port === undefined) return false;
  // A connection that comes a moment before the server is ready may stay without an answer (1.18.33).
  const signal = AbortSignal.timeout(500);
  return await fetch(`http://127.0.0.1:${port}/global/health`, { signal }).then(
    () => true,
    () => false,
  );
}

/** The servers of warm agents of a home, by their marker. */
function warmServers(hostPid: number): number[] {
  const rows = systemProcessTable().list();
  return rows.filter(({ parentPid, isZombie }) => parentPid === hostPid && !isZombie).map(({ pid }) => pid);
}

test("an agent runs in a session of one server: its result, its log, its record, and no process of its own", async () => {
  rig.plan("research", { reasoning: "I look.", calls: [bash("echo found")] }, { text: "It is blue." });
  rig.plan(
    "delegate",
    spawn({ agent: "mimir", prompt: "research" }, { agent: "thor", prompt: "build" }),
    collectSpawned(),
  );
  rig.plan("build", { text: "Built." });
  const asked = await rig.ask("delegate");
  const spawned: Answer[] = asked.answers("bizar_spawn_background");
  const [[first, second]] = asked.answers("bizar_collect");
  expect([first.status, first.result, first.reason, first.error]).toEqual([
    "done",
    "It is blue.",
    undefined,
    undefined,
  ]);
  expect([second.status, second.result]).toEqual(["done", "Built."]);
  const [kept, other] = [await recordOf(rig, first), await recordOf(rig, second)];
  expect(spawned.map(({ instanceId }) => instanceId)).toEqual([kept.instanceId, other.instanceId]);
  const server = kept.process?.pid ?? 0;
  expect([other.process?.pid, warmServers(rig.server.pid)]).toEqual([server, [server]]);
  const log = await readFile(kept.logPath, "utf8");
  for (const part of ["think I look.", "tool  bash", "text  It is blue.", "step  stop"]) expect(log).toContain(part);
  for (const line of log.trimEnd().split("\n")) expect(line).toMatch(/^\[(stdout|stderr)\] /);
  expect(kept).toMatchObject({ backend: "warm", status: "done", voice: true, toolCallCount: 1, tokens: { input: 20 } });
  const { data: session } = await rig.server.client.session.get({ path: { id: kept.sessionId ?? "" } });
  expect([session?.parentID, session?.title]).toEqual([asked.sessionId, `bgr:mimir:${kept.instanceId}`]);
}, 180_000);

test("two directories of one opencode share a server, and each agent works in its own", async () => {
  const other = join(rig.sandbox.root, "other");
  await mkdir(other);
  await copyFile(join(rig.sandbox.project, "opencode.json"), join(other, "opencode.json"));
  rig.plan("where", { calls: [bash("pwd")] }, (request) => ({ text: request.toolResults.at(-1)?.trim() ?? "" }));
  rig.plan("delegate where", spawn({ agent: "thor", prompt: "where" }), collectSpawned());
  const both = [await rig.ask("delegate where"), await rig.ask("delegate where", { directory: other })];
  const ran = both.map((asked) => asked.answers("bizar_spawn_background")[0]);
  const [here, there] = await Promise.all(ran.map(async (agent) => await recordOf(rig, agent)));
  expect(there?.process?.pid).toBe(here?.process?.pid ?? 0);
  const results = both.map((asked) => asked.answers("bizar_collect")[0][0].result);
  expect(results).toEqual([rig.sandbox.project, other]);
}, 180_000);

test("a killed agent's command is gone within a second, and another agent notices nothing", async () => {
  const go = Promise.withResolvers<void>();
  rig.plan("hang", { calls: [bash("sleep 871")] });
  rig.plan("work on", { after: go.promise, text: "worked on" });
  const ids: string[] = [];
  rig.plan(
    "delegate two",
    spawn({ agent: "thor", prompt: "hang" }, { agent: "thor", prompt: "work on" }),
    async (request) => {
      ids.push(...spawnedIds(request));
      await until("its command runs", () => tools(ids[0] ?? "").includes("sleep 871"));
      return { calls: [{ tool: "bizar_kill", args: { instanceId: ids[0] } }] };
    },
    (request) => {
      expect(tools(ids[0] ?? "")).toEqual([]);
      go.resolve();
      expect(JSON.parse(request.toolResults.at(-1) ?? "{}")).toMatchObject({ status: "killed" });
      return { calls: [{ tool: "bizar_collect", args: { instanceIds: ids } }] };
    },
  );
  const asked = await rig.ask("delegate two");
  const [[killed, other]] = asked.answers("bizar_collect");
  expect([killed.status, killed.reason]).toEqual(["killed", "killed"]);
  expect([other.status, other.result]).toEqual(["done", "worked on"]);
  const { endedAt, turns } = await recordOf(rig, { instanceId: ids[0] });
  expect(turns[0]?.exitCode).toBeNull();
  expect(endedAt).not.toBeNull();
}, 180_000);

test("the tools of a warm agent see neither the server's password nor the role", async () => {
  rig.plan(
    "look around",
    { calls: [bash("env | grep -cE 'PASSWORD|BIZAR_AGENT_ROLE'; env | grep BIZAR_INSTANCE")] },
    (request) => ({
      text: request.toolResults.at(-1) ?? "",
    }),
  );
  rig.plan("delegate looking", spawn({ agent: "thor", prompt: "look around" }), collectSpawned());
  const [[collected]] = (await rig.ask("delegate looking")).answers("bizar_collect");
  expect(collected.result).toMatch(new RegExp(`^0\\nBIZAR_INSTANCE=wrm_\\w+/${collected.instanceId}`));
}, 180_000);

test("a host that is ended by SIGTERM leaves no server and no tool behind", async () => {
  own = await createRig({ options: { backend: "warm" } });
  const { sandbox } = own;
  own.plan("hang", { calls: [bash("sleep 873")] });
  own.plan("spawn one", spawn({ agent: "thor", prompt: "hang" }), { after: new Promise(() => undefined) });
  const server = await startServer(sandbox);
  const asking = askServer(server, sandbox.project, "spawn one").catch(() => undefined);
  let instanceId = "";
  await until("its command runs", async () => {
    const names = await readdir(join(sandbox.stateDir, "bg")).catch(() => []);
    instanceId = names.find((name) => name.endsWith(".json"))?.slice(0, -".json".length) ?? "";
    return instanceId !== "" && tools(instanceId).includes("sleep 873");
  });
  const [warm = 0] = warmServers(server.pid);
  expect(lives(warm)).toBe(true);
  await server.stop("SIGTERM");
  await until("all of it is gone", () => !lives(warm) && tools(instanceId).length === 0, 5000);
  await asking;
}, 180_000);

test("a host that is killed while the server starts leaves none", async () => {
  own = await createRig({ options: { backend: "warm" } });
  const { sandbox } = own;
  own.plan("spawn one", spawn({ agent: "thor", prompt: "never" }));
  const server = await startServer(sandbox);
  const asking = askServer(server, sandbox.project, "spawn one").catch(() => undefined);
  let warm = 0;
  // From here on until it knows a directory, the plugin is not there to watch.
  await until("the server listens", async () => await listens((warm = warmServers(server.pid)[0] ?? 0)));
  await server.stop("SIGKILL");
  await until("it is gone", () => !lives(warm), 5000);
  await asking;
}, 180_000);

test("an opencode run that is ended with an agent at work leaves no server, and the record says why", async () => {
  own = await createRig({ options: { backend: "warm" } });
  const { sandbox, model } = own;
  const ids: string[] = [];
  own.plan("hang", { calls: [bash("sleep 876")] });
  own.plan("spawn and leave", spawn({ agent: "thor", prompt: "hang" }), async (request) => {
    ids.push(...spawnedIds(request));
    await until("its command runs", () => tools(ids[0] ?? "").includes("sleep 876"));
    return { text: "bye" };
  });
  const run = startRun(sandbox, { prompt: "spawn and leave", agent: "odin" });
  await until("its turn is over", () => model.requests.some(({ prompt }) => prompt.includes("still runs")));
  const { process: server } = await recordOf(own, { instanceId: ids[0] });
  run.kill("SIGINT");
  await run.ended;
  await until("its command is gone", () => tools(ids[0] ?? "").length === 0);
  await until("the server is gone", () => !lives(server?.pid ?? 0));
  // A run that asks nothing may end before it has settled what others left.
  own.plan("what became of it", { calls: [{ tool: "bizar_status", args: { all: true } }] });
  await runOpencode(sandbox, { prompt: "what became of it", agent: "odin" });
  const { status, reason } = await recordOf(own, { instanceId: ids[0] });
  expect(status).toBe("failed");
  expect(["supervisor_lost", "shutdown"]).toContain(reason ?? "");
}, 180_000);

test("with onExit finish a warm agent works on without its host, and its server ends after it", async () => {
  const finishing = await createRig({ options: { backend: "warm", onExit: "finish" } });
  own = finishing;
  const { sandbox } = own;
  const go = Promise.withResolvers<void>();
  own.plan("work on", {
    after: go.promise,
    text: "worked on alone",
    // Longer than the server takes to notice that its host is gone.
    drip: { pieces: 5, everyMs: 400 },
  });
  own.plan("spawn one", spawn({ agent: "thor", prompt: "work on" }), { after: new Promise(() => undefined) });
  const server = await startServer(sandbox);
  const asking = askServer(server, sandbox.project, "spawn one").catch(() => undefined);
  const { model } = own;
  await until("it is at work", () => model.requests.some(({ prompt }) => prompt === "work on"));
  const names = await readdir(join(sandbox.stateDir, "bg"));
  const instanceId = names.find((name) => /^bgr_\w+\.json$/.test(name))?.slice(0, -".json".length) ?? "";
  await until("its session is on record", async () => (await recordOf(finishing, { instanceId })).sessionId !== null);
  const [warm = 0] = warmServers(server.pid);
  await server.stop("SIGKILL");
  await asking;
  go.resolve();
  await until("the server has ended itself", () => !lives(warm), 5000);
  own.plan("what became of it", { calls: [{ tool: "bizar_status", args: { all: true } }] });
  const end = await runOpencode(sandbox, { prompt: "what became of it", agent: "odin" });
  const [[agent]] = end.toolAnswers("bizar_status") as [[Answer]];
  expect(agent).toMatchObject({ status: "done" });
  expect(await resultOf(own, agent)).toBe("worked on alone");
}, 180_000);
