import { describe, expect, test } from "bun:test";
import { MAX_WAITING } from "../../src/supervisor/supervisor.ts";
import { killed, sampleRequest } from "./sample-instance.ts";
import { createSupervisorRig } from "./supervisor-rig.ts";

test("agents over the limit wait in their order and start by themselves", async () => {
  const { backend, start, stateOf, store, supervisor } = createSupervisorRig(1);
  const first = await start();
  const second = await supervisor.spawn(sampleRequest());
  const third = await supervisor.spawn(sampleRequest());
  expect(supervisor.views().map(({ queuePosition }) => queuePosition)).toEqual([undefined, 1, 2]);
  expect([stateOf(second)!.status, stateOf(third)!.status]).toEqual(["queued", "queued"]);
  expect(store.records.get(second)?.progress.activity).toBe("waits for a place");
  first.turn.end();
  await supervisor.whenSettled(first.id);
  expect([stateOf(second)!.status, stateOf(third)!.status]).toEqual(["pending", "queued"]);
  expect(supervisor.view(third)!.queuePosition).toBe(1);
  expect(backend.turns).toHaveLength(2);
});

test("agents start in the order in which they were asked for, whichever record reaches the disk first", async () => {
  const { backend, start, store, supervisor } = createSupervisorRig(1);
  const first = await start();
  const letGo = store.hold("create");
  const second = supervisor.spawn(sampleRequest({ agent: "second" }));
  // The disk is slow for the second one only.
  store.hold("create")();
  const third = await supervisor.spawn(sampleRequest({ agent: "third" }));
  first.turn.end();
  await supervisor.whenSettled(first.id);
  letGo();
  await second;
  expect(backend.turns.map(({ request }) => request.agent)).toEqual(["mimir", "second"]);
  expect(supervisor.view(third)!.queuePosition).toBe(1);
});

test("an agent whose record cannot be written gives its place to the next", async () => {
  const { start, store, supervisor } = createSupervisorRig(1);
  store.failing.add("create");
  expect(await supervisor.spawn(sampleRequest()).catch(String)).toContain("create failed");
  store.failing.clear();
  await start();
});

describe("an agent that is killed while it waits", () => {
  test("never starts, and those behind it move up", async () => {
    const { backend, start, stateOf, supervisor } = createSupervisorRig(1);
    const first = await start();
    const second = await supervisor.spawn(sampleRequest());
    const third = await supervisor.spawn(sampleRequest());
    await supervisor.stop(second, killed);
    expect(stateOf(second)).toMatchObject({ status: "killed", startedAt: null });
    expect(supervisor.view(third)!.queuePosition).toBe(1);
    first.turn.end();
    await supervisor.whenSettled(first.id);
    expect(backend.turns.map(({ request }) => request.instanceId)).toEqual([first.id, third]);
  });

  test("is not started either when its turn comes while that is being written down", async () => {
    const { backend, start, stateOf, store, supervisor } = createSupervisorRig(1);
    const first = await start();
    const second = await supervisor.spawn(sampleRequest());
    const third = await supervisor.spawn(sampleRequest());
    const letGo = store.hold("save", second);
    const stopped = supervisor.stop(second, killed);
    first.turn.end();
    await supervisor.whenSettled(first.id);
    expect(backend.turns).toHaveLength(1);
    letGo();
    await stopped;
    expect(stateOf(second)!.status).toBe("killed");
    expect(backend.turns.map(({ request }) => request.instanceId)).toEqual([first.id, third]);
  });
});

describe("more than 64 that wait are an error", () => {
  test("one after the other", async () => {
    const { start, supervisor } = createSupervisorRig(1);
    const first = await start();
    for (let each = 0; each < MAX_WAITING; each++) await supervisor.spawn(sampleRequest());
    expect(await supervisor.spawn(sampleRequest()).catch(String)).toContain("64 agents are waiting already");
    first.turn.end();
    await supervisor.whenSettled(first.id);
    await supervisor.spawn(sampleRequest());
  });

  test("also when it is memory that they wait for, and places are free", async () => {
    const { start, supervisor } = createSupervisorRig(8, { minFreeMemoryMb: 768, availableMemoryMb: () => 0 });
    await start();
    for (let each = 0; each < MAX_WAITING; each++) await supervisor.spawn(sampleRequest());
    expect(await supervisor.spawn(sampleRequest()).catch(String)).toContain("64 agents are waiting already");
  });

  test("all at once", async () => {
    const { store, supervisor } = createSupervisorRig(2);
    const spawns = Array.from({ length: 70 }, async () => await supervisor.spawn(sampleRequest()));
    const refused = (await Promise.allSettled(spawns)).filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(4);
    expect(store.records.size).toBe(66);
  });
});

test("after a shutdown nobody is waited for: no timer is left, and nobody starts", async () => {
  const memory = { minFreeMemoryMb: 768, availableMemoryMb: () => 0 };
  const { backend, clock, start, supervisor } = createSupervisorRig(8, memory);
  await start();
  await supervisor.spawn(sampleRequest());
  supervisor.shutdown();
  expect(clock.pending).toBe(0);
  memory.availableMemoryMb = () => 1e6;
  clock.advance(60_000);
  expect(backend.turns).toHaveLength(1);
});

test("however agents end, no place is lost", async () => {
  const { backend, start, store, supervisor } = createSupervisorRig(2);
  const ends: ((agent: Awaited<ReturnType<typeof start>>) => void)[] = [
    ({ turn }) => turn.end(),
    ({ turn }) => turn.end({ exitCode: 1 }),
    ({ turn }) => turn.end({ spawnError: "ENOENT" }),
    ({ id, turn }) => {
      void supervisor.stop(id, killed);
      turn.end({ exitCode: 143 });
    },
    ({ turn }) => {
      store.failing.add("save");
      turn.end();
    },
    ({ turn }) => {
      store.failing.add("result");
      turn.end();
    },
  ];
  for (const end of ends) {
    const agent = await start();
    end(agent);
    await supervisor.whenSettled(agent.id);
    store.failing.clear();
  }
  await start();
  await start();
  const waiting = await supervisor.spawn(sampleRequest());
  expect(supervisor.view(waiting)!.queuePosition).toBe(1);
  expect(backend.turns).toHaveLength(ends.length + 2);
});
