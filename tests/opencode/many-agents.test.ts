import { afterEach, expect, test } from "bun:test";
import { startRun } from "../../scripts/scripted-host/opencode.ts";
import { systemProcessTable, type ProcessInfo } from "../../src/processes/process-table.ts";
import { expectResults, expectStartedInOrder, mostAtOnce, planDelegation, records } from "./delegation.ts";
import { createRig, type Answer, type Rig } from "./rig.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

/** How many agents of an opencode the process table shows now. */
function livingAgents(hostPid: number): number {
  const isAgent = ({ parentPid, isZombie, command }: ProcessInfo) =>
    parentPid === hostPid && !isZombie && command.includes(" run --format json");
  return systemProcessTable().list().filter(isAgent).length;
}

/** What is asked for at once: as many as make a queue, and of warm ones, which cost little, a long queue. */
const CASES = [
  { backend: "process", asked: 6, places: 3, options: { maxConcurrentInstances: 3 } },
  { backend: "warm", asked: 20, places: 8, options: {} },
] as const;

for (const { backend, asked, places, options } of CASES) {
  test(`of ${asked} agents that are asked for at once ${places} run at a time, all end, and they start in order [${backend}]`, async () => {
    rig = await createRig({ options: { backend, ...options } });
    const prompts = Array.from({ length: asked }, (_, index) => `part ${index + 1}`);
    const seen: number[] = [];
    planDelegation(rig, "delegate all", prompts, () => void seen.push(livingAgents(run.pid)));
    const run = startRun(rig.sandbox, { prompt: "delegate all", agent: "odin" });
    const end = await run.ended;
    expectResults(end.toolAnswers("bizar_collect")[0], prompts);
    const all = await records(rig);
    expect(all.map(({ prompt }) => prompt)).toEqual(prompts);
    expect(mostAtOnce(all)).toBe(places);
    if (backend === "process") expect(Math.max(...seen)).toBe(places);
    expectStartedInOrder(all, places);
    const spawned = end.toolAnswers("bizar_spawn_background") as Answer[];
    expect(spawned.filter(({ status }) => status === "queued")).toHaveLength(asked - places);
    expect(new Set(spawned.flatMap(({ waitsFor }) => waitsFor ?? []))).toEqual(new Set(["a place"]));
  }, 300_000);
}
