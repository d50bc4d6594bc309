import { expect, test } from "bun:test";
import { sampleRequest } from "./sample-instance.ts";
import { createSupervisorRig } from "./supervisor-rig.ts";

test("a shutdown ends the running and the waiting, and has written it down when it returns", async () => {
  const { clock, start, store, supervisor } = createSupervisorRig(1);
  const running = await start({ deadlineMs: 1000 });
  const waiting = await supervisor.spawn(sampleRequest());
  supervisor.shutdown();
  expect(running.turn.stopsNow).toBe(1);
  for (const id of [running.id, waiting]) {
    expect(store.records.get(id)!.state).toMatchObject({ status: "failed", reason: "shutdown" });
    await supervisor.whenSettled(id);
  }
  expect(clock.pending).toBe(0);
});

test("a place that comes free at a shutdown starts nobody", async () => {
  const { backend, start, stateOf, supervisor } = createSupervisorRig(1);
  const running = await start();
  const waiting = await supervisor.spawn(sampleRequest());
  supervisor.shutdown();
  running.turn.end();
  await running.turn.ended;
  expect(backend.turns).toHaveLength(1);
  expect(stateOf(waiting)).toMatchObject({ status: "failed", reason: "shutdown" });
  expect(stateOf(running.id)).toMatchObject({ status: "failed", reason: "shutdown" });
});

test("every process is ended before the first record is written", async () => {
  const { start, store, supervisor } = createSupervisorRig();
  const agents = [await start(), await start()];
  const stopsAtWrites: number[] = [];
  store.saveNow = () => void stopsAtWrites.push(agents.filter(({ turn }) => turn.stopsNow === 1).length);
  supervisor.shutdown();
  expect(stopsAtWrites).toEqual([2, 2]);
});

test("a record that cannot be written keeps no other from being written", async () => {
  const { reports, start, store, supervisor } = createSupervisorRig();
  const agents = [await start(), await start()];
  store.failing.add("saveNow");
  supervisor.shutdown();
  expect(reports).toHaveLength(2);
  for (const { id } of agents) await supervisor.whenSettled(id);
});

test("after a shutdown no agent can be spawned", async () => {
  const { journal, supervisor } = createSupervisorRig();
  supervisor.shutdown();
  expect(await supervisor.spawn(sampleRequest()).catch(String)).toContain("shutting down");
  expect(journal).toEqual([]);
});

test("an agent whose record was being written at the shutdown is not started", async () => {
  const { backend, stateOf, store, supervisor } = createSupervisorRig();
  const letGo = store.hold("create");
  const spawned = supervisor.spawn(sampleRequest());
  supervisor.shutdown();
  letGo();
  expect(stateOf(await spawned)).toMatchObject({ status: "failed", reason: "shutdown" });
  expect(backend.turns).toEqual([]);
});

test("one that had ended before stays as it ended", async () => {
  const { start, stateOf, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  turn.end();
  await supervisor.whenSettled(id);
  supervisor.shutdown();
  expect(stateOf(id)!.status).toBe("done");
});
