import { afterEach, expect, test } from "bun:test";
import { readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { runOpencode, startRun, startServer } from "../../scripts/scripted-host/opencode.ts";
import { mayUnshare } from "../processes/may-unshare.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import type { InstanceRecord } from "../../src/store/record.ts";
import { askServer, createRig, spawn, spawnedIds, until, type Answer, type Rig } from "./rig.ts";
import { startTerminalUi } from "./terminal.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

const GONE_WITHIN_MS = 5000;
const CONTROL_C = "\x03";

function living(instanceId: string): string[] {
  return treeMembers({ marker: instanceId }).map(({ command }) => command);
}

async function instanceIds(): Promise<string[]> {
  const names = await readdir(join(rig.sandbox.stateDir, "bg")).catch(() => []);
  return names.flatMap((name) => (name.endsWith(".json") ? name.slice(0, -".json".length) : [])).toSorted();
}

/** Plans an Odin that spawns an agent which hangs in its bash, with a `nohup` one beside it, and then goes on waiting. */
function planHangingAgent(after: Promise<unknown>): void {
  const command = "nohup sleep 88 >/dev/null 2>&1 & sleep 87";
  rig.plan("hang", { calls: [{ tool: "bash", args: { command, description: "Hangs" } }] });
  rig.plan("spawn one that hangs", spawn({ agent: "thor", prompt: "hang" }), { after, text: "I go on." });
}

async function untilItHangs(): Promise<string> {
  await until("the agent hangs in its bash", async () => {
    const [id] = await instanceIds();
    return id !== undefined && ["sleep 87", "sleep 88"].every((sleeper) => living(id).includes(sleeper));
  });
  return (await instanceIds())[0] ?? "";
}

async function untilGone(instanceId: string): Promise<void> {
  await until("no process of the agent is left", () => living(instanceId).length === 0, GONE_WITHIN_MS);
}

async function hanging(): Promise<string | undefined> {
  return (await instanceIds()).find((id) => living(id).includes("sleep 87"));
}

/** What the next start's `bizar_status` says. */
async function statusAtNextStart(): Promise<Answer[]> {
  rig.plan("what became of them", { calls: [{ tool: "bizar_status", args: { all: true } }] });
  const end = await runOpencode(rig.sandbox, { prompt: "what became of them", agent: "odin" });
  return end.toolAnswers("bizar_status")[0] as Answer[];
}

test("the user ends an opencode run that waits for its agent: nothing is left, the next start says why", async () => {
  rig = await createRig();
  planHangingAgent(Promise.resolve());
  const run = startRun(rig.sandbox, { prompt: "spawn one that hangs", agent: "odin" });
  const instanceId = await untilItHangs();
  await until("its turn is over", () => rig.model.requests.some(({ prompt }) => prompt.includes("still runs")));
  run.kill("SIGINT");
  await run.ended;
  await untilGone(instanceId);
  const [status] = await statusAtNextStart();
  expect(status).toMatchObject({ instanceId, status: "failed" });
  expect(["supervisor_lost", "shutdown"]).toContain(status.reason);
}, 180_000);

test("the user quits the terminal UI with an agent running: nothing is left, the record says shutdown", async () => {
  rig = await createRig();
  planHangingAgent(new Promise(() => undefined));
  const ui = await startTerminalUi(rig.sandbox, ["--agent", "odin"]);
  ui.submit("spawn one that hangs");
  const instanceId = await untilItHangs();
  ui.type(CONTROL_C);
  expect(await ui.exited).toBe(0);
  await untilGone(instanceId);
  expect(await statusAtNextStart()).toEqual([
    expect.objectContaining({ instanceId, status: "failed", reason: "shutdown" }),
  ]);
}, 180_000);

test("opencode is ended by SIGTERM with an agent running: nothing is left, the next start says why", async () => {
  rig = await createRig();
  planHangingAgent(new Promise(() => undefined));
  const server = await startServer(rig.sandbox);
  const asking = askServer(server, rig.sandbox.project, "spawn one that hangs").catch(() => undefined);
  const instanceId = await untilItHangs();
  await server.stop("SIGTERM");
  await untilGone(instanceId);
  await asking;
  const [status] = await statusAtNextStart();
  expect(status).toMatchObject({ instanceId, status: "failed" });
  expect(["supervisor_lost", "shutdown"]).toContain(status.reason);
  expect(status.error).toContain("opencode that ran this agent");
}, 180_000);

test("opencode is killed with an agent running and one that waits for a place: nothing is left, both are supervisor_lost", async () => {
  rig = await createRig({ options: { maxConcurrentInstances: 1 } });
  rig.plan("hang", { calls: [{ tool: "bash", args: { command: "sleep 87", description: "Hangs" } }] });
  rig.plan("spawn two", spawn({ agent: "thor", prompt: "hang" }, { agent: "thor", prompt: "wait" }), {
    after: new Promise(() => undefined),
  });
  const server = await startServer(rig.sandbox);
  const asking = askServer(server, rig.sandbox.project, "spawn two").catch(() => undefined);
  await until("one hangs and one waits", async () => {
    return (await instanceIds()).length === 2 && (await hanging()) !== undefined;
  });
  const instanceId = (await hanging()) ?? "";
  await server.stop("SIGKILL");
  await untilGone(instanceId);
  await asking;
  const statuses = await statusAtNextStart();
  expect(statuses.map(({ reason }) => reason)).toEqual(["supervisor_lost", "supervisor_lost"]);
  expect(statuses.filter(({ error }) => error.includes("waited for a place"))).toHaveLength(1);
  for (const { error } of statuses) expect(error).toContain("opencode that ran this agent");
}, 180_000);

test("with onExit finish an agent works on alone when opencode is killed, the next start reads its result back, also from a moved state folder", async () => {
  rig = await createRig({ options: { onExit: "finish" } });
  const killed = Promise.withResolvers<void>();
  rig.plan(
    "work alone",
    { calls: [{ tool: "bash", args: { command: "echo alone > alone.txt", description: "Works" } }] },
    {
      after: killed.promise,
      text: "finished without a supervisor",
    },
  );
  rig.plan("spawn a lasting one", spawn({ agent: "thor", prompt: "work alone" }), {
    after: new Promise(() => undefined),
  });
  const server = await startServer(rig.sandbox);
  const asking = askServer(server, rig.sandbox.project, "spawn a lasting one").catch(() => undefined);
  await until("the agent has worked", () => Bun.file(join(rig.sandbox.project, "alone.txt")).exists());
  await until("the agent asks for its next step", () => rig.requestsFor("work alone").length === 2);
  const [instanceId = ""] = await instanceIds();
  await server.stop("SIGKILL");
  await asking;
  killed.resolve();
  await until("the agent has finished by itself", () => living(instanceId).length === 0);
  expect(await statusAtNextStart()).toEqual([expect.objectContaining({ instanceId, status: "done" })]);
  const resultPath = join(rig.sandbox.stateDir, "bg", `${instanceId}.result.md`);
  expect(await readFile(resultPath, "utf8")).toBe("finished without a supervisor");

  const moved = join(rig.sandbox.root, "moved");
  await rename(rig.sandbox.stateDir, moved);
  // In the session that asked for it, which goes on in a run: nothing else would tell it of the end.
  rig.plan("what did it say", { text: "I do not know." });
  rig.otherwise(({ prompt, step, messages }) => {
    const [, args = "{}"] = /call bizar_collect (\{.*?\})\./.exec(prompt) ?? [];
    if (step === 0) return { calls: [{ tool: "bizar_collect", args: JSON.parse(args) as Record<string, unknown> }] };
    return { text: /finished without a supervisor/.exec(JSON.stringify(messages))?.[0] ?? "lost" };
  });
  const record = JSON.parse(await readFile(join(moved, "bg", `${instanceId}.json`), "utf8")) as InstanceRecord;
  const prompt = { prompt: "what did it say", agent: "odin", arguments: ["--session", record.parent.sessionId] };
  const end = await runOpencode(rig.sandbox, { ...prompt, environment: { BIZAR_STATE_DIR: moved } });
  expect(end.toolAnswers("bizar_collect")).toEqual([[expect.objectContaining({ instanceId, status: "done" })]]);
  expect(end.events.findLast(({ type }) => type === "text")?.part?.text).toBe("finished without a supervisor");
  expect(rig.requestsFor("what did it say").at(-1)?.system).toContain(`${instanceId}, "work alone": ended (done)`);
}, 180_000);

test.skipIf(!mayUnshare)(
  "in a pid namespace with the /proc of outside, an agent that was killed is gone, and so is all that it started",
  async () => {
    rig = await createRig();
    planHangingAgent(Promise.resolve());
    let left: string[] = [];
    rig.plan(
      "spawn one that hangs",
      spawn({ agent: "thor", prompt: "hang" }),
      async (request) => {
        await untilItHangs();
        return { calls: spawnedIds(request).map((instanceId) => ({ tool: "bizar_kill", args: { instanceId } })) };
      },
      async () => {
        left = living((await instanceIds())[0] ?? "");
        return { text: "It is gone." };
      },
    );
    const below = ["unshare", "--pid", "--fork"];
    const run = await startRun(rig.sandbox, { prompt: "spawn one that hangs", agent: "odin", below }).ended;
    expect(run.toolAnswers("bizar_kill")).toEqual([expect.objectContaining({ status: "killed" })]);
    expect(left).toEqual([]);
    expect(run.exitCode).toBe(0);
  },
  180_000,
);
