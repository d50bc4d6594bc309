import { toRecord, type InstanceRecord } from "../../src/store/record.ts";
import type { Instance } from "../../src/supervisor/instance.ts";
import { sampleId, sampleInstance, sampleRequest, type SampleState } from "../supervisor/sample-instance.ts";
import type { OsProcess } from "./os-processes.ts";
import type { World } from "./world.ts";

/** What lies in the state folder before the first host starts: of a host that died, of one that lives, and of nobody. */
export function placeFirstFiles(world: World): void {
  const { random, paths, records, disk } = world;
  const dead = world.processes.start();
  dead.die();
  const states: SampleState[] = ["queued", "pending", "running", "done", "failed"];
  for (let number = 1; number <= random.between(0, 3); number++) {
    const instance = of(world, number, random.pick(states) ?? "done");
    world.instanceIds.push(instance.instanceId);
    if (instance.resultPreview !== null)
      disk.place(`${paths.recordDir}/${instance.instanceId}.result.md`, "All is well.");
    records.place(record(world, instance, dead));
    const claim = `${paths.recordDir}/${instance.instanceId}.json.claim`;
    if (random.chance(0.2)) disk.place(claim, JSON.stringify(owner(world, dead)));
    if (random.chance(0.1)) disk.place(claim, "");
  }
  // Another opencode of another directory, which lives as long as the machine.
  const other = world.processes.start();
  for (const state of ["running", "done"] as const) {
    const instance = { ...of(world, state === "done" ? 21 : 22, state), directory: "/elsewhere" };
    const text = JSON.stringify(record(world, instance, other));
    records.placeForeign(`${paths.recordDir}/${instance.instanceId}.json`, text, { owner: other });
  }
  records.placeForeign(`${paths.recordDir}/${sampleId(31)}.json`, JSON.stringify({ schemaVersion: 99 }));
  records.placeForeign(`${paths.recordDir}/${sampleId(32)}.json`, "", { isFile: false });
  records.placeForeign(`${paths.recordDir}/notes.json`, "not ours");
  disk.place(`${paths.recordDir}/${sampleId(33)}.json`, random.pick(["", '{"schemaVersion": 1', "[]", "\0\0"]) ?? "");
  disk.place(`${paths.recordDir}/${sampleId(34)}.json.12345`, "half a rec");
}

function of(world: World, number: number, state: SampleState): Instance {
  const parent = world.random.pick(world.parents);
  const instance = sampleInstance(state, {
    ...sampleRequest(),
    instanceId: sampleId(number),
    parent: { sessionId: parent?.sessionId ?? "", messageId: "msg", agent: "odin" },
  });
  if (instance.sessionId !== null) {
    const sessionId = world.newSessionId();
    world.sessions.create(sessionId);
    world.sessions.add(sessionId, { role: "user", time: { created: 0 } }, { type: "text", text: instance.prompt });
    return { ...instance, sessionId, ...ended(instance) };
  }
  return { ...instance, ...ended(instance) };
}

function ended({ state }: Instance): Partial<Instance> {
  if (!("endedAt" in state)) return {};
  const resultPreview = state.status === "done" ? "All is well." : null;
  return { resultPreview, announcement: { turn: 1, mode: "wake", state: "pending" } };
}

function owner(world: World, { pid, startTime }: OsProcess): InstanceRecord["supervisor"] {
  return { pid, startTime, bootId: world.processes.bootId, token: `OLD${pid}` };
}

function record(world: World, instance: Instance, process: OsProcess): InstanceRecord {
  const origin = { onExit: "kill", logPath: "/state/logs/old.log" } as const;
  return toRecord(instance, { ...origin, supervisor: owner(world, process) });
}
