import { afterAll, beforeAll, expect, test } from "bun:test";
import { OPENCODE } from "../../scripts/scripted-host/sandbox.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { serveRig, spawn, spawnedIds, until, type ServedRig } from "./rig.ts";

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig();
}, 60_000);
afterAll(async () => await rig.dispose());

/** The command lines of what lives of an agent's tree. */
function living(instanceId: string): string[] {
  return treeMembers({ marker: instanceId }).map(({ command }) => command);
}

/** Plans an agent that runs a command in its bash, and settles with its id once the command runs. */
function agentInBash(prompt: string, command: string, isRunning: (commands: string[]) => boolean) {
  rig.plan(prompt, { calls: [{ tool: "bash", args: { command, description: "Takes its time" } }] });
  return async (instanceId: string) => await until(command, () => isRunning(living(instanceId)));
}

test("bizar_kill during a sleep in a bash tool: killed, and nothing of the tree is left one second later", async () => {
  const running = agentInBash("sleep long", "nohup sleep 98 & sleep 97", (commands) =>
    ["sleep 97", "sleep 98"].every((sleeper) => commands.includes(sleeper)),
  );
  let killedAt = 0;
  rig.plan("kill it", spawn({ agent: "thor", prompt: "sleep long" }), async (request) => {
    const [instanceId = ""] = spawnedIds(request);
    await running(instanceId);
    killedAt = performance.now();
    return { calls: [{ tool: "bizar_kill", args: { instanceId } }] };
  });
  const asked = await rig.ask("kill it");
  const [{ instanceId, processId }] = asked.answers("bizar_spawn_background");
  expect(asked.answers("bizar_kill")).toEqual([{ instanceId, status: "killed" }]);
  await until(
    "the tree is gone",
    () => living(instanceId).length === 0,
    Math.max(0, killedAt + 1000 - performance.now()),
  );
  expect(systemProcessTable().find(processId)?.isZombie ?? true).toBe(true);
}, 60_000);

test("killing an agent that has ended changes nothing", async () => {
  rig.plan("quick", { text: "already there" });
  rig.plan(
    "kill too late",
    spawn({ agent: "thor", prompt: "quick" }),
    (request) => ({ calls: [{ tool: "bizar_collect", args: { instanceIds: spawnedIds(request) } }] }),
    (request) => {
      const [instanceId] = spawnedIds(request);
      return {
        calls: [
          { tool: "bizar_kill", args: { instanceId } },
          { tool: "bizar_collect", args: { instanceId } },
        ],
      };
    },
  );
  const asked = await rig.ask("kill too late");
  expect(asked.answers("bizar_kill")).toEqual([expect.objectContaining({ status: "done" })]);
  expect(asked.answers("bizar_collect").at(-1)).toMatchObject({ status: "done", result: "already there" });
}, 60_000);

test("a deadline ends the run as timed_out, with everything that it started", async () => {
  agentInBash("sleep past the deadline", "sleep 96", () => true);
  rig.plan(
    "set a deadline",
    spawn({ agent: "thor", prompt: "sleep past the deadline", deadlineMs: 6000 }),
    (request) => ({ calls: [{ tool: "bizar_collect", args: { instanceIds: spawnedIds(request) } }] }),
  );
  const asked = await rig.ask("set a deadline");
  const [[collected]] = asked.answers("bizar_collect");
  expect(collected).toMatchObject({ status: "timed_out", reason: "deadline" });
  expect(living(collected.instanceId)).toEqual([]);
}, 60_000);

test("what an agent that is done leaves running is ended too, and the log says what it was", async () => {
  rig.plan(
    "leave something",
    { calls: [{ tool: "bash", args: { command: "nohup sleep 95 >/dev/null 2>&1 &", description: "Leaves it" } }] },
    { text: "left it running" },
  );
  rig.plan("delegate", spawn({ agent: "thor", prompt: "leave something" }), (request) => ({
    calls: [{ tool: "bizar_collect", args: { instanceIds: spawnedIds(request) } }],
  }));
  const asked = await rig.ask("delegate");
  const [{ instanceId, logPath }] = asked.answers("bizar_spawn_background");
  const [[collected]] = asked.answers("bizar_collect");
  expect(collected).toMatchObject({ status: "done", result: "left it running" });
  expect(living(instanceId)).toEqual([]);
  expect(await Bun.file(logPath).text()).toMatch(
    /^\[stderr\] bizar: ended what the agent left running: sleep 95 \(pid \d+\)$/m,
  );
}, 60_000);

test("a collect that times out says running, the agent finishes undisturbed, and a second collect gets the result", async () => {
  const go = Promise.withResolvers<void>();
  rig.plan(
    "wait for it",
    { calls: [{ tool: "bash", args: { command: "echo working", description: "Works" } }] },
    {
      after: go.promise,
      text: "worth the wait",
    },
  );
  rig.plan(
    "be impatient",
    spawn({ agent: "thor", prompt: "wait for it" }),
    (request) => {
      const [instanceId] = spawnedIds(request);
      return { calls: [{ tool: "bizar_collect", args: { instanceId, timeoutMs: 1000 } }] };
    },
    (request) => {
      go.resolve();
      const [instanceId] = spawnedIds(request);
      return { calls: [{ tool: "bizar_collect", args: { instanceId } }] };
    },
  );
  const asked = await rig.ask("be impatient");
  const [first, second] = asked.answers("bizar_collect");
  expect(first).toMatchObject({ status: "running", result: "" });
  expect(first.durationMs).toBeGreaterThan(900);
  expect(second).toMatchObject({ status: "done", result: "worth the wait", toolCallCount: 1 });
}, 60_000);

test("an opencode run that an agent starts in its own bash is an ordinary run, and ends well", async () => {
  const command = `printf "inner task" | "${OPENCODE}" run --format json`;
  rig.plan("start another", { calls: [{ tool: "bash", args: { command, description: "Runs it" } }] }, (request) => ({
    text: request.toolResults.join(""),
  }));
  rig.plan("inner task", { text: "inner answer" });
  rig.plan("delegate a nest", spawn({ agent: "thor", prompt: "start another" }), (request) => ({
    calls: [{ tool: "bizar_collect", args: { instanceIds: spawnedIds(request) } }],
  }));
  const asked = await rig.ask("delegate a nest");
  const [[collected]] = asked.answers("bizar_collect");
  expect(collected.status).toBe("done");
  expect(collected.result).toContain("inner answer");
  // An ordinary run has the plugin's tools; a background agent has not.
  const [inner] = rig.model.requests.filter(({ prompt }) => prompt === "inner task");
  expect(inner?.tools).toContain("bizar_spawn_background");
}, 60_000);
