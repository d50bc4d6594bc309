import { expect } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { InstanceRecord } from "../../src/store/record.ts";
import { collectSpawned, spawn, type Answer, type Rig } from "./rig.ts";

/** Every record, in the order in which the agents were asked for. */
export async function records({ sandbox }: Rig): Promise<InstanceRecord[]> {
  const folder = join(sandbox.stateDir, "bg");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).toSorted();
  return await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8")) as InstanceRecord),
  );
}

/** How many ran at once at most, as the records tell it. */
export function mostAtOnce(all: readonly InstanceRecord[]): number {
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
export function expectStartedInOrder(all: readonly InstanceRecord[], places: number): void {
  const starts = all.map(({ startedAt }) => startedAt ?? "");
  const first = starts.slice(0, places).toSorted();
  expect(starts.slice(places)).toEqual(starts.slice(places).toSorted());
  expect(starts[places]! > first.at(-1)!).toBe(true);
}

/** Has Odin spawn agents with these prompts in one message, and collect them; each answers "result of <prompt>". */
export function planDelegation(
  rig: Rig,
  task: string,
  prompts: readonly string[],
  asked: () => void = () => undefined,
): void {
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

export function expectResults(collected: unknown, prompts: readonly string[]): void {
  const told = (collected as Answer[]).map(({ status, result, error }) => [status, result, error]);
  expect(told).toEqual(prompts.map((prompt) => ["done", `result of ${prompt}`, undefined]));
}
