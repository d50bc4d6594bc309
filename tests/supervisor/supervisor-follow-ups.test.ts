import { describe, expect, test } from "bun:test";
import { MAX_WAITING } from "../../src/supervisor/supervisor.ts";
import { killed, sampleInstance, sampleRequest } from "./sample-instance.ts";
import { createSupervisorRig } from "./supervisor-rig.ts";

const inSession = (turn: { observer: { sessionIdentified(id: string): void } }) =>
  turn.observer.sessionIdentified("ses_child");

describe("a kill, while a further turn waits", () => {
  test("ends the agent, and its parent is to be told", async () => {
    const { backend, start, store, supervisor } = createSupervisorRig();
    const { id, turn } = await start();
    inSession(turn);
    supervisor.followUp(id, "Go on.");
    const stopped = supervisor.stop(id, killed);
    turn.end({ exitCode: 143, text: "" });
    await stopped;
    expect(backend.turns).toHaveLength(1);
    expect(store.records.get(id)).toMatchObject({
      state: { status: "killed" },
      followUps: [],
      announcement: { turn: 1, mode: "wake", state: "pending" },
    });
  });

  test("ends that one before it begins, where the running turn has come to its own end", async () => {
    const { backend, start, store, supervisor, told } = createSupervisorRig();
    const { id, turn } = await start();
    inSession(turn);
    supervisor.followUp(id, "Go on.");
    turn.hasExited = true;
    const stopped = supervisor.stop(id, killed);
    turn.end();
    await stopped;
    expect(backend.turns).toHaveLength(1);
    expect(store.records.get(id)).toMatchObject({ state: { status: "killed" }, followUps: [] });
    expect(told).toEqual(["killed"]);
  });

  test("ends that one before it begins, where the end of the turn before is being written down", async () => {
    const { backend, start, stateOf, store, supervisor } = createSupervisorRig();
    const { id, turn } = await start();
    inSession(turn);
    supervisor.followUp(id, "Go on.");
    await Bun.sleep(0);
    const letGo = store.hold("save");
    turn.end();
    await Bun.sleep(0);
    expect(stateOf(id)!.status).toBe("done");
    const stopped = supervisor.stop(id, killed);
    letGo();
    await stopped;
    expect(backend.turns).toHaveLength(1);
    expect(store.records.get(id)!.state.status).toBe("killed");
  });
});

test("at a shutdown between two turns the next one is off, and the parent is to be told of the last one", async () => {
  const { start, store, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  inSession(turn);
  supervisor.followUp(id, "Go on.");
  await Bun.sleep(0);
  store.hold("save");
  turn.end();
  await Bun.sleep(0);
  supervisor.shutdown();
  expect(store.records.get(id)).toMatchObject({
    state: { status: "done" },
    followUps: [],
    announcement: { turn: 1, mode: "wake", state: "pending" },
  });
});

test("what waits behind a turn that never had a session is not begun without what was said before", async () => {
  const { backend, start, store, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  supervisor.followUp(id, "Now the second half.");
  turn.end({ exitCode: null, spawnError: "ENOENT", text: "" });
  await supervisor.whenSettled(id);
  expect(backend.turns).toHaveLength(1);
  expect(store.records.get(id)).toMatchObject({
    state: { status: "failed", reason: "spawn_failed" },
    followUps: [],
    announcement: { state: "pending" },
  });
});

test("with a full line no ended agent is taken on for a further turn either", async () => {
  const { start, supervisor } = createSupervisorRig(1);
  await start();
  for (let waiting = 0; waiting < MAX_WAITING; waiting++) await supervisor.spawn(sampleRequest());
  const resumed = supervisor.resume(sampleInstance("done"), "Go on.");
  expect(await resumed.then(() => "taken on", String)).toContain("64 agents are waiting already");
});
