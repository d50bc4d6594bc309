import type { Sandbox } from "../../scripts/scripted-host/sandbox.ts";
import { systemClock } from "../../src/lib/system-clock.ts";
import { createIdentity } from "../../src/processes/supervisor-identity.ts";
import { FileInstanceStore } from "../../src/store/file-instance-store.ts";
import { statePaths } from "../../src/store/state-paths.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";

/**
 * Agents of an opencode of the same folder, as the files of one tell of them: the test's process is their owner. Every
 * fifth waits for its place.
 */
export async function leaveAgents({ project, stateDir }: Sandbox, count: number) {
  const origin = { supervisor: createIdentity(), onExit: "kill" } as const;
  const store = new FileInstanceStore(statePaths(stateDir, `${stateDir}/logs`), origin, systemClock);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const { progress } = sampleInstance();
  const instanceOf = (number: number, state: "queued" | "running" | "done") =>
    sampleInstance(state, {
      ...{ instanceId: sampleId(number), agent: "thor", directory: project },
      ...{ title: `task ${number} of many, ${"with a long title ".repeat(5)}`, createdAt: Date.now() },
      progress: { ...progress, activity: `tool bash: : step ${number} ${"of a long line ".repeat(9)}`, costUsd: 0.01 },
    });
  await Promise.all(numbers.map(async (number) => await store.create(instanceOf(number, stateOf(number)))));
  return {
    /** All are done. */
    async end() {
      await Promise.all(numbers.map(async (number) => await store.save(instanceOf(number, "done"))));
      store.close();
    },
  };
}

function stateOf(number: number): "queued" | "running" {
  return number % 5 === 0 ? "queued" : "running";
}
