import { afterEach, expect, test } from "bun:test";
import { runOpencode, startRun } from "../../scripts/scripted-host/opencode.ts";
import { expectResults, planDelegation, records } from "./delegation.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

test("three opencode processes with two agents each share a home and a state folder, and each keeps to its own", async () => {
  rig = await createRig();
  const hosts = ["north", "east", "south"].map((name) => ({
    task: `delegate ${name}`,
    prompts: [`${name} one`, `${name} two`],
  }));
  for (const { task, prompts } of hosts) planDelegation(rig, task, prompts);
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
    const own = (await records(rig)).filter(({ prompt }) => prompts.includes(prompt));
    expect(own.map(({ supervisor }) => supervisor.pid)).toEqual([run.pid, run.pid]);
    for (const { supervisor } of own) tokens.add(supervisor.token);
  }
  expect(tokens.size).toBe(3);
  expect(await records(rig)).toHaveLength(6);
}, 180_000);
