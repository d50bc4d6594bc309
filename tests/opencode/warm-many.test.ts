import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { treeMembers } from "../../src/processes/end-tree.ts";
import { systemProcessTable, type ProcessInfo } from "../../src/processes/process-table.ts";
import {
  bash,
  collectSpawned,
  recordOf,
  serveRig,
  spawn,
  spawnedIds,
  until,
  type Answer,
  type ServedRig,
} from "./rig.ts";
import { GO_ON } from "../../src/supervisor/fallbacks.ts";

const MANY = 20;

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig({ options: { backend: "warm", maxConcurrentInstances: 32 } });
}, 180_000);
afterAll(async () => await rig.dispose());

/** Everything that a process has started, and what that has. */
function below(pid: number): ProcessInfo[] {
  const rows = systemProcessTable().list();
  const children = rows.filter(({ parentPid, isZombie }) => parentPid === pid && !isZombie);
  return children.flatMap((child) => [child, ...below(child.pid)]);
}

function isOpencode({ command }: ProcessInfo): boolean {
  return command.includes("opencode");
}

function marked(instanceIds: readonly string[]): string[] {
  return instanceIds.flatMap((marker) => treeMembers({ marker }).map(({ command }) => command));
}

/** The agents that Odin has spawned on this prompt, as soon as it has. */
async function spawnedBy(prompt: string): Promise<string[]> {
  await until("they are spawned", () => rig.requestsFor(prompt).length === 2);
  const [, request] = rig.requestsFor(prompt);
  return request === undefined ? [] : spawnedIds(request);
}

test("twenty agents at once end well, and meanwhile the process tree is one server and their tools", async () => {
  const names = Array.from({ length: MANY }, (_, index) => `part ${index}`);
  for (const name of names) {
    rig.plan(name, { calls: [bash("until [ -e go ]; do sleep 0.2; done; echo went")] }, ({ toolResults }) => ({
      text: `${name}: ${toolResults.join("").trim()}`,
    }));
  }
  rig.plan("delegate", spawn(...names.map((prompt) => ({ agent: "thor", prompt }))), collectSpawned());
  const asking = rig.ask("delegate");
  const ids = await spawnedBy("delegate");
  await until("all commands run", () => ids.every((id) => marked([id]).length > 0));
  const [server, ...others] = below(rig.server.pid).filter(isOpencode);
  expect([server?.command.includes(" serve "), others]).toEqual([true, []]);
  await Bun.write(join(rig.sandbox.project, "go"), "");
  const [ends] = (await asking).answers("bizar_collect");
  expect(ends.map(({ status, result }: Answer) => [status, result])).toEqual(
    names.map((name) => ["done", `${name}: went`]),
  );
  expect(below(rig.server.pid).map(({ pid }) => pid)).toEqual([server?.pid ?? 0]);
}, 180_000);

test("the server is killed while five agents work: what was cut short goes on once in its session, and the next one runs", async () => {
  const never = new Promise<never>(() => undefined);
  rig.plan(GO_ON, { text: "went on" });
  rig.plan("in a tool", { text: "I wait.", calls: [bash("nohup sleep 881 & sleep 882")] });
  rig.plan("waits for the model", { text: "I asked.", calls: [bash("echo 1")] }, { after: never });
  rig.plan("writes", { text: "word ".repeat(400), drip: { pieces: 200, everyMs: 100 } });
  rig.plan("thinks", { reasoning: "hm ".repeat(400), drip: { pieces: 200, everyMs: 100 }, text: "never" });
  rig.plan("has just ended", { text: "All of it." });
  const prompts = ["in a tool", "waits for the model", "writes", "thinks", "has just ended"];
  rig.plan("delegate five", spawn(...prompts.map((prompt) => ({ agent: "thor", prompt }))), collectSpawned());
  const asking = rig.ask("delegate five");
  const ids = await spawnedBy("delegate five");
  await until("all are at work", () => {
    const commands = marked(ids);
    const isInTool = ["sleep 881", "sleep 882"].every((each) => commands.includes(each));
    return (
      isInTool &&
      prompts.every((prompt) => rig.requestsFor(prompt).length === (prompt === "waits for the model" ? 2 : 1))
    );
  });
  const [server] = below(rig.server.pid).filter(isOpencode);
  process.kill(server?.pid ?? 0, "SIGKILL");
  const [ends] = (await asking).answers("bizar_collect");
  const wentOn = { status: "done", result: "went on" };
  expect(ends).toMatchObject([wentOn, wentOn, wentOn, wentOn, { status: "done", result: "All of it." }]);
  for (const id of ids.slice(0, 4)) {
    const { turns } = await recordOf(rig, { instanceId: id });
    expect(turns.map(({ kind }) => kind)).toEqual(["initial", "fallback"]);
  }
  expect(marked(ids)).toEqual([]);

  rig.plan("after it", { calls: [bash("echo here")] }, { text: "It works again." });
  rig.plan("delegate again", spawn({ agent: "thor", prompt: "after it" }), collectSpawned());
  const again = await rig.ask("delegate again");
  expect(again.answers("bizar_collect")).toMatchObject([[{ status: "done", result: "It works again." }]]);
  const { process: other } = await recordOf(rig, again.answers("bizar_spawn_background")[0]);
  expect(other?.pid).not.toBe(server?.pid);
}, 180_000);
