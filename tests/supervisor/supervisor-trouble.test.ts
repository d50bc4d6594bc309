import { expect, test } from "bun:test";
import { killed, sampleRequest } from "./sample-instance.ts";
import { createSupervisorRig } from "./supervisor-rig.ts";

test("an agent whose record cannot be written is not started", async () => {
  const { backend, store, supervisor } = createSupervisorRig(1);
  store.failing.add("create");
  expect(await supervisor.spawn(sampleRequest()).catch(String)).toContain("create failed");
  expect(backend.turns).toEqual([]);
  expect(supervisor.views()).toEqual([]);
  store.failing.clear();
  await supervisor.spawn(sampleRequest());
  expect(backend.turns).toHaveLength(1);
});

test("a result that cannot be written is kept in memory, and its record does not say that the turn has ended", async () => {
  const { reports, start, store, supervisor, told } = createSupervisorRig();
  const { id, turn } = await start();
  store.failing.add("result");
  turn.end({ text: "precious" });
  await supervisor.whenSettled(id);
  expect(supervisor.view(id)).toMatchObject({
    unsavedResult: "precious",
    instance: { state: { status: "done" }, resultPreview: "precious" },
  });
  expect(store.records.get(id)!.state.status).toBe("pending");
  expect(reports[0]).toContain("result failed");
  expect(told).toEqual(["done"]);
});

test("an end whose record cannot be written still settles, is reported, and can be seen", async () => {
  const { reports, start, store, supervisor, told } = createSupervisorRig();
  const { id, turn } = await start();
  store.failing.add("save");
  turn.end();
  await supervisor.whenSettled(id);
  expect(reports).toEqual([expect.stringContaining("save failed")]);
  expect(told).toEqual(["done"]);
  expect(supervisor.view(id)!.instance.state.status).toBe("done");
});

test("an end that the disk took at last leaves the memory", async () => {
  const { start, store, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  store.failing.add("save");
  turn.end();
  await supervisor.whenSettled(id);
  expect(supervisor.views()).toHaveLength(1);
  store.failing.clear();
  await store.save(supervisor.view(id)!.instance);
  expect(supervisor.views()).toEqual([]);
  expect(supervisor.followUp(id, "go on")).toBe(false);
});

test("what happens after the end changes nothing", async () => {
  const { start, stateOf, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  turn.end();
  await supervisor.whenSettled(id);
  const before = stateOf(id)!;
  turn.observer.sessionIdentified("ses_late");
  turn.observer.mustStop({ status: "failed", reason: "wrong_agent" });
  expect(stateOf(id)).toBe(before);
  expect(turn.stops).toBe(0);
});

test("a run that breaks off inside the plugin is ended, has failed, and gives its place back", async () => {
  const { backend, start, stateOf, supervisor } = createSupervisorRig(1);
  const { id, turn } = await start();
  const next = await supervisor.spawn(sampleRequest());
  turn.breakOff(new Error("EMFILE"));
  await supervisor.whenSettled(id);
  expect(stateOf(id)).toMatchObject({ status: "failed", reason: "session_error" });
  expect(turn.stopsNow).toBe(1);
  expect(backend.turnOf(next)).toBeDefined();
});

test("a kill is answered though stopping fails, and is no kill where nobody could see the end", async () => {
  const { reports, start, stateOf, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  const stopped = supervisor.stop(id, killed);
  turn.breakOff(new Error("EMFILE"));
  await stopped;
  expect(stateOf(id)).toMatchObject({ status: "failed", reason: "exit_nonzero" });
  expect(reports).toEqual([expect.stringContaining("was not stopped well. Error: EMFILE")]);
});

test("a shutdown ends all of them, though ending one fails", async () => {
  const { reports, start, stateOf, supervisor } = createSupervisorRig();
  const [first, second] = [await start(), await start()];
  first.turn.stopNow = () => {
    throw new Error("EMFILE");
  };
  supervisor.shutdown();
  expect(second.turn.stopsNow).toBe(1);
  expect([first.id, second.id].map((id) => stateOf(id)?.status)).toEqual(["failed", "failed"]);
  expect(reports).toEqual([expect.stringContaining("EMFILE")]);
});
