import { afterEach, expect, test } from "bun:test";
import { runOpencode } from "../../scripts/scripted-host/opencode.ts";
import { availableMemoryMb } from "../../src/processes/available-memory.ts";
import { expectResults, expectStartedInOrder, mostAtOnce, planDelegation, records } from "./delegation.ts";
import { createRig, type Answer, type Rig } from "./rig.ts";

/** The most that `minFreeMemoryMb` may ask for. */
const MOST_MEMORY_MB = 65_536;

let rig: Rig;
afterEach(async () => await rig.dispose());

test.skipIf(availableMemoryMb() > MOST_MEMORY_MB)(
  "with less memory available than is asked for one agent runs at a time, and the other one says that it waits for it",
  async () => {
    rig = await createRig({ options: { minFreeMemoryMb: MOST_MEMORY_MB } });
    const prompts = ["first", "second"];
    planDelegation(rig, "delegate", prompts);
    const end = await runOpencode(rig.sandbox, { prompt: "delegate", agent: "odin" });
    expectResults(end.toolAnswers("bizar_collect")[0], prompts);
    const waiting = (end.toolAnswers("bizar_spawn_background") as Answer[]).filter(({ status }) => status === "queued");
    expect(waiting.map(({ waitsFor }) => waitsFor)).toEqual(["memory"]);
    for (const { message } of waiting) expect(message).toMatch(/waits for memory.* MB are available.*65536 MB must be/);
    const all = await records(rig);
    expect(mostAtOnce(all)).toBe(1);
    expectStartedInOrder(all, 1);
  },
  180_000,
);
