import { expect, test } from "bun:test";
import { killed, sampleRequest } from "./sample-instance.ts";
import { createSupervisorRig } from "./supervisor-rig.ts";

test("a kill is settled when nothing of the agent runs any more", async () => {
  const { start, stateOf, supervisor, told } = createSupervisorRig();
  const { id, turn } = await start();
  const stopped = supervisor.stop(id, killed);
  expect([turn.stops, told.length]).toEqual([1, 0]);
  turn.end({ exitCode: 143, text: "" });
  await stopped;
  expect(stateOf(id)).toMatchObject({ status: "killed", reason: "killed" });
});

test("what an agent wrote before it was killed is kept", async () => {
  const { start, store, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  const stopped = supervisor.stop(id, killed);
  turn.end({ exitCode: 143, text: "So far." });
  await stopped;
  expect(store.results.get(id)).toBe("So far.");
});

test("a deadline that passes ends the agent as timed_out", async () => {
  const { clock, start, stateOf, supervisor } = createSupervisorRig();
  const { id, turn } = await start({ deadlineMs: 1000 });
  clock.advance(999);
  expect(turn.stops).toBe(0);
  clock.advance(1);
  expect(turn.stops).toBe(1);
  turn.end({ exitCode: 143 });
  await supervisor.whenSettled(id);
  expect(stateOf(id)).toMatchObject({ status: "timed_out", reason: "deadline" });
});

test("the deadline counts from the start, not from the spawn", async () => {
  const { backend, clock, start, supervisor } = createSupervisorRig(1);
  const first = await start();
  const second = await supervisor.spawn(sampleRequest({ deadlineMs: 1000 }));
  clock.advance(5000);
  first.turn.end();
  await supervisor.whenSettled(first.id);
  clock.advance(999);
  expect(backend.turnOf(second).stops).toBe(0);
  clock.advance(1);
  expect(backend.turnOf(second).stops).toBe(1);
});

test("an agent that ends in time leaves no timer behind", async () => {
  const { clock, start, supervisor } = createSupervisorRig();
  const { id, turn } = await start({ deadlineMs: 1000 });
  turn.end();
  await supervisor.whenSettled(id);
  expect(clock.pending).toBe(0);
});

test("the first cause of an end wins over a later one, and over the exit", async () => {
  const { clock, start, stateOf, supervisor } = createSupervisorRig();
  const { id, turn } = await start({ deadlineMs: 1000 });
  turn.observer.mustStop({ status: "failed", reason: "wrong_agent", error: "another agent" });
  clock.advance(1000);
  const stopped = supervisor.stop(id, killed);
  expect(turn.stops).toBe(1);
  turn.end();
  await stopped;
  expect(stateOf(id)).toMatchObject({ status: "failed", reason: "wrong_agent" });
});

test("killing one that has ended changes nothing", async () => {
  const { start, stateOf, supervisor, told } = createSupervisorRig();
  const { id, turn } = await start();
  turn.end();
  await supervisor.whenSettled(id);
  await supervisor.stop(id, killed);
  expect([stateOf(id)!.status, turn.stops, told.length]).toEqual(["done", 0, 1]);
});

test("killing one that nobody knows does nothing", async () => {
  await createSupervisorRig().supervisor.stop("bgr_unknown", killed);
});

test("an agent that could not be started has failed, and gives its place back", async () => {
  const { backend, start, stateOf, supervisor } = createSupervisorRig(1);
  const { id, turn } = await start();
  const next = await supervisor.spawn(sampleRequest());
  turn.end({ exitCode: null, spawnError: "ENOENT", text: "" });
  await supervisor.whenSettled(id);
  await supervisor.whenIdentified(id);
  expect(stateOf(id)).toMatchObject({ status: "failed", reason: "spawn_failed" });
  expect(backend.turnOf(next)).toBeDefined();
});

test("a run that has come to its own end keeps that end, however late a kill comes", async () => {
  const { start, stateOf, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  turn.hasExited = true;
  const stopped = supervisor.stop(id, killed);
  expect(turn.stops).toBe(0);
  turn.end();
  await stopped;
  expect(stateOf(id)).toMatchObject({ status: "done" });
});
