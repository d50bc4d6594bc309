import { afterEach, expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runOpencode, startRun } from "../../scripts/scripted-host/opencode.ts";
import { availableMemoryMb } from "../../src/processes/available-memory.ts";
import { systemProcessTable, type ProcessInfo } from "../../src/processes/process-table.ts";
import type { InstanceRecord } from "../../src/store/record.ts";
import { collectSpawned, createRig, spawn, type Answer, type Rig } from "./rig.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

/** The most that `minFreeMemoryMb` may ask for. */
const MOST_MEMORY_MB = 65_536;

/** Every record, in the order in which the agents were asked for. */
async function records(): Promise<InstanceRecord[]> {
  const folder = join(rig.sandbox.stateDir, "bg");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).toSorted();
  return await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8")) as InstanceRecord),
  );
}

/** How many ran at once at most, as the records tell it. */
function mostAtOnce(all: readonly InstanceRecord[]): number {
  const changes = all.flatMap(({ startedAt, endedAt }) => [
    { at: Date.parse(startedAt ?? ""), by: 1 },
    { at: Date.parse(endedAt ?? ""), by: -1 },
  ]);
  let running = 0;
  let most = 0;
  // Of one moment, the end comes first: it is what makes room.
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    running += by;
    most = Math.max(most, running);
  }
  return most;
}

/** Those that find a place at once start together; each later one starts after all that were asked for before it. */
function expectStartedInOrder(all: readonly InstanceRecord[], places: number): void {
  const starts = all.map(({ startedAt }) => startedAt ?? "");
  const first = starts.slice(0, places).toSorted();
  expect(starts.slice(places)).toEqual(starts.slice(places).toSorted());
  expect(starts[places]! > first.at(-1)!).toBe(true);
}

/** How many agents of an opencode the process table shows now. */
function livingAgents(hostPid: number): number {
  const isAgent = ({ parentPid, isZombie, command }: ProcessInfo) =>
    parentPid === hostPid && !isZombie && command.includes(" run --format json");
  return systemProcessTable().list().filter(isAgent).length;
}

/** Has Odin spawn agents with these prompts in one message, and collect them; each answers "result of <prompt>". */
function planDelegation(task: string, prompts: readonly string[], asked: () => void = () => undefined): void {
  for (const prompt of prompts) {
    rig.plan(prompt, () => {
      asked();
      return { text: `result of ${prompt}` };
    });
  }
  rig.plan(
    task,
    spawn(...prompts.map((prompt) => ({ agent: "thor", prompt }))),
    collectSpawned({ timeoutMs: 600_000 }),
  );
}

function expectResults(collected: unknown, prompts: readonly string[]): void {
  const told = (collected as Answer[]).map(({ status, result, error }) => [status, result, error]);
  expect(told).toEqual(prompts.map((prompt) => ["done", `result of ${prompt}`, undefined]));
}

test("of 30 agents that are asked for at once 8 run at a time, all end, and they start in order", async () => {
  rig = await createRig();
  const prompts = Array.from({ length: 30 }, (_, index) => `part ${index + 1}`);
  const seen: number[] = [];
  planDelegation("delegate 30", prompts, () => void seen.push(livingAgents(run.pid)));
  const run = startRun(rig.sandbox, { prompt: "delegate 30", agent: "odin" });
  const end = await run.ended;
  expectResults(end.toolAnswers("bizar_collect")[0], prompts);
  const all = await records();
  expect(all.map(({ prompt }) => prompt)).toEqual(prompts);
  expect([mostAtOnce(all), Math.max(...seen)]).toEqual([8, 8]);
  expectStartedInOrder(all, 8);
  const spawned = end.toolAnswers("bizar_spawn_background") as Answer[];
  expect(spawned.filter(({ status }) => status === "queued")).toHaveLength(22);
  expect(new Set(spawned.flatMap(({ waitsFor }) => waitsFor ?? []))).toEqual(new Set(["a place"]));
}, 300_000);

test.skipIf(availableMemoryMb() > MOST_MEMORY_MB)(
  "with less memory available than is asked for one agent runs at a time, and the others say that they wait for it",
  async () => {
    rig = await createRig({ options: { minFreeMemoryMb: MOST_MEMORY_MB } });
    const prompts = ["first", "second", "third"];
    planDelegation("delegate", prompts);
    const end = await runOpencode(rig.sandbox, { prompt: "delegate", agent: "odin" });
    expectResults(end.toolAnswers("bizar_collect")[0], prompts);
    const waiting = (end.toolAnswers("bizar_spawn_background") as Answer[]).filter(({ status }) => status === "queued");
    expect(waiting.map(({ waitsFor }) => waitsFor)).toEqual(["memory", "memory"]);
    for (const { message } of waiting) expect(message).toMatch(/waits for memory.* MB are available.*65536 MB must be/);
    const all = await records();
    expect(mostAtOnce(all)).toBe(1);
    expectStartedInOrder(all, 1);
  },
  120_000,
);

test("four opencode processes with two agents each share a home and a state folder, and each keeps to its own", async () => {
  rig = await createRig();
  const hosts = ["north", "east", "south", "west"].map((name) => ({
    task: `delegate ${name}`,
    prompts: [`${name} one`, `${name} two`],
  }));
  for (const { task, prompts } of hosts) planDelegation(task, prompts);
  // Several hosts that make the first database of a home at the same moment were seen to break each other (1.18.33).
  await runOpencode(rig.sandbox, { prompt: "make the database" });
  const runs = hosts.map(({ task, prompts }) => ({
    prompts,
    run: startRun(rig.sandbox, { prompt: task, agent: "odin" }),
  }));
  const tokens = new Set<string>();
  for (const { prompts, run } of runs) {
    const end = await run.ended;
    expect(end.exitCode).toBe(0);
    expectResults(end.toolAnswers("bizar_collect")[0], prompts);
    const own = (await records()).filter(({ prompt }) => prompts.includes(prompt));
    expect(own.map(({ supervisor }) => supervisor.pid)).toEqual([run.pid, run.pid]);
    for (const { supervisor } of own) tokens.add(supervisor.token);
  }
  expect(tokens.size).toBe(4);
  expect(await records()).toHaveLength(8);
}, 180_000);
