import { expect, test } from "bun:test";
import { sampleRequest } from "./sample-instance.ts";
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
