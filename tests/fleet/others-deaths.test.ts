import { expect, test } from "bun:test";
import { toRecord, type InstanceRecord } from "../../src/store/record.ts";
import type { OsProcess } from "../chaos/os-processes.ts";
import { World } from "../chaos/world.ts";
import { sampleId, sampleInstance, sampleRequest, type SampleState } from "../supervisor/sample-instance.ts";

const LONG_MS = 120_000;
const SOMETHING = { type: "session.status", properties: { sessionID: "ses_user", status: { type: "busy" } } };

/** A machine on which nothing fails, with a running agent of another opencode on it where `owner` is given. */
function createWorld(): { world: World; leave: (owner: OsProcess) => OsProcess; status: () => string | undefined } {
  const world = new World(1);
  world.sessions.failure = 0;
  return {
    world,
    leave(owner) {
      world.records.place(record(world, owner));
      return owner;
    },
    status: () => world.records.of(sampleId(1))?.status,
  };
}

function record(
  { processes, paths }: World,
  { pid, startTime }: OsProcess,
  state: SampleState = "running",
): InstanceRecord {
  const instance = sampleInstance(state, { instanceId: sampleId(1), sessionId: null, announce: "off" });
  return toRecord(instance, {
    supervisor: { pid, startTime, bootId: processes.bootId, token: "OTHER" },
    onExit: "kill",
    logPath: `${paths.logDir}/${sampleId(1)}.log`,
  });
}

test("a host with nothing to watch for has no timer", async () => {
  const { world } = createWorld();
  world.startHost();
  await world.drain();
  expect(world.clock.pending).toBe(0);
});

test("a host that finds another's running agent sees that one die, and then rests", async () => {
  const { world, leave, status } = createWorld();
  const other = leave(world.processes.start());
  world.startHost();
  await world.advance(LONG_MS);
  expect(status()).toBe("running");
  other.die();
  await world.advance(LONG_MS);
  expect(status()).toBe("failed");
  expect(world.clock.pending).toBe(0);
});

test("a host at rest learns of another's death when something happens in it", async () => {
  const { world, leave, status } = createWorld();
  const host = world.startHost();
  await world.drain();
  leave(world.processes.start()).die();
  await world.advance(LONG_MS);
  expect(status()).toBe("running");
  host.agents.event(SOMETHING);
  expect(world.clock.pending).toBe(1);
  await world.advance(LONG_MS);
  expect(status()).toBe("failed");
  expect(world.clock.pending).toBe(0);
});

test("a host that starts an agent looks at the others again", async () => {
  const { world, leave, status } = createWorld();
  const host = world.startHost();
  await world.drain();
  leave(world.processes.start()).die();
  void host.agents.supervisor.spawn(sampleRequest({ announce: "off" }));
  await world.advance(LONG_MS);
  expect(status()).toBe("failed");
});

test("what could not be settled is tried again until it is", async () => {
  const { world, leave, status } = createWorld();
  leave(world.processes.start()).die();
  world.disk.isFull = true;
  world.startHost();
  await world.advance(LONG_MS);
  expect(status()).toBe("running");
  world.disk.isFull = false;
  await world.advance(LONG_MS);
  expect(status()).toBe("failed");
  expect(world.clock.pending).toBe(0);
});

test("a claim that a dead host left on an ended record is gone; that of a live one stays", async () => {
  const { world } = createWorld();
  const [dead, alive] = [world.processes.start(), world.processes.start()];
  const ended = record(world, dead, "done");
  const claimPath = `${world.paths.recordDir}/${ended.instanceId}.json.claim`;
  const claimBy = (owner: OsProcess) => world.disk.place(claimPath, JSON.stringify(record(world, owner).supervisor));
  dead.die();
  world.records.place(ended);
  claimBy(dead);
  world.startHost();
  await world.drain();
  expect(world.disk.text(claimPath)).toBeUndefined();
  claimBy(alive);
  world.startHost();
  await world.drain();
  expect(world.disk.text(claimPath)).toBeDefined();
});

test("a message to an ended agent whose end another host is just telling waits until that one has done so", async () => {
  const { world } = createWorld();
  const [dead, teller] = [world.processes.start(), world.processes.start()];
  dead.die();
  const ended = { ...record(world, dead, "done"), sessionId: "ses_child" };
  world.records.place(ended);
  const claimPath = `${world.paths.recordDir}/${ended.instanceId}.json.claim`;
  world.disk.place(claimPath, JSON.stringify(record(world, teller).supervisor));
  const host = world.startHost();
  await world.drain();
  const sent = host.sendMessage(ended.instanceId, "Go on.");
  await world.advance(1000);
  void world.disk.filesOf(teller).remove(claimPath);
  await world.advance(LONG_MS);
  expect(await sent).toBe("accepted");
  expect(world.records.of(ended.instanceId)?.turns.map(({ prompt }) => prompt)).toContain("Go on.");
});

test("a message that waited when its host died between two turns becomes a lost turn, of which the parent is told", async () => {
  const { world } = createWorld();
  const other = world.processes.start();
  const ended = record(world, other, "done");
  world.records.place({ ...ended, sessionId: "ses_child", announce: "wake", followUps: ["Go on."] });
  world.startHost();
  await world.advance(LONG_MS);
  expect(world.records.of(ended.instanceId)).toMatchObject({ status: "done", followUps: ["Go on."] });
  other.die();
  await world.advance(LONG_MS);
  expect(world.records.of(ended.instanceId)).toMatchObject({
    ...{ status: "failed", reason: "supervisor_lost", followUps: [], announcement: { turn: 2, mode: "note" } },
    turns: [{ kind: "initial" }, { kind: "follow_up", prompt: "Go on." }],
  });
});
