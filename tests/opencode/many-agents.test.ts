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

test("of 30 agents that are asked for at once 8 run at a time, all end, and they start in order", async () => {
  rig = await createRig();
  const prompts = Array.from({ length: 30 }, (_, index) => `part ${index + 1}`);
  const seen: number[] = [];
  planDelegation(rig, "delegate 30", prompts, () => void seen.push(livingAgents(run.pid)));
  const run = startRun(rig.sandbox, { prompt: "delegate 30", agent: "odin" });
  const end = await run.ended;
  expectResults(end.toolAnswers("bizar_collect")[0], prompts);
  const all = await records(rig);
  expect(all.map(({ prompt }) => prompt)).toEqual(prompts);
  expect([mostAtOnce(all), Math.max(...seen)]).toEqual([8, 8]);
  expectStartedInOrder(all, 8);
  const spawned = end.toolAnswers("bizar_spawn_background") as Answer[];
  expect(spawned.filter(({ status }) => status === "queued")).toHaveLength(22);
  expect(new Set(spawned.flatMap(({ waitsFor }) => waitsFor ?? []))).toEqual(new Set(["a place"]));
}, 300_000);
