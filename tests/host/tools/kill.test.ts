import { expect, test } from "bun:test";
import { sampleId, sampleInstance, sampleRequest } from "../../supervisor/sample-instance.ts";
import { createToolRig, recordOf } from "../tool-rig.ts";

test("the answer comes when nothing of the agent runs any more", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  const answering = rig.call("kill", { instanceId: id });
  while (turn.stops === 0) await Promise.resolve();
  turn.end({ exitCode: 143, text: "" });
  const { title, value } = await answering;
  expect(value).toEqual({ instanceId: id, status: "killed" });
  expect(title).toBe("mimir killed");
});

test("one whose end nobody could see is answered, and not as killed", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  const answering = rig.call("kill", { instanceId: id });
  while (turn.stops === 0) await Promise.resolve();
  turn.end({ exitCode: null, signal: "SIGKILL", text: "" }, false, "The process table cannot be read: EMFILE");
  const { value } = await answering;
  expect(value).toEqual({ instanceId: id, status: "failed", error: expect.stringContaining("EMFILE") });
});

test("one that waits for a place is killed without ever starting", async () => {
  const rig = createToolRig(1);
  await rig.start();
  const id = await rig.supervisor.spawn(sampleRequest());
  expect((await rig.call("kill", { instanceId: id })).value).toEqual({ instanceId: id, status: "killed" });
  expect(rig.backend.turns).toHaveLength(1);
});

test("one that has ended stays as it ended", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  turn.end();
  await rig.supervisor.whenSettled(id);
  expect((await rig.call("kill", { instanceId: id })).value).toEqual({ instanceId: id, status: "done" });
  expect(turn.stops).toBe(0);
});

test("one that another opencode runs is ended by that one, on request", async () => {
  const rig = createToolRig();
  rig.foreign.set(sampleId(1), recordOf(sampleInstance("running"), 777));
  rig.owner.answer = () => {
    rig.foreign.set(sampleId(1), recordOf(sampleInstance("killed"), 777));
    return { ok: true };
  };
  const { value, metadata } = await rig.call("kill", { instanceId: sampleId(1) });
  expect(rig.owner.asked).toEqual([[sampleId(1), { kind: "kill" }]]);
  expect(value).toEqual({ instanceId: sampleId(1), status: "killed" });
  expect(metadata["statuses"]).toEqual({ [sampleId(1)]: "killed" });
});

test("another opencode that does not react leaves the agent as it is, and the answer says whose it is", async () => {
  const rig = createToolRig();
  rig.foreign.set(sampleId(1), recordOf(sampleInstance("running"), 777));
  rig.owner.answer = () => ({ ok: false, reason: "no_reaction", error: "It did not react." });
  const { value } = await rig.call("kill", { instanceId: sampleId(1) });
  expect(value).toMatchObject({ instanceId: sampleId(1), status: "running" });
  expect(value.error).toBe("This agent belongs to another opencode (process 777). It did not react.");
});

test("one that ended by itself while its opencode was asked is no error", async () => {
  const rig = createToolRig();
  rig.foreign.set(sampleId(1), recordOf(sampleInstance("running"), 777));
  rig.owner.answer = () => {
    rig.foreign.set(sampleId(1), recordOf(sampleInstance("done"), 777));
    return { ok: false, reason: "ended", error: "The agent has ended by itself." };
  };
  expect((await rig.call("kill", { instanceId: sampleId(1) })).value).toEqual({
    instanceId: sampleId(1),
    status: "done",
  });
});

test("one of another opencode that has ended is no error", async () => {
  const rig = createToolRig();
  rig.foreign.set(sampleId(1), recordOf(sampleInstance("timed_out"), 777));
  const { value } = await rig.call("kill", { instanceId: sampleId(1) });
  expect(value).toEqual({ instanceId: sampleId(1), status: "timed_out" });
});

test("an unknown id is an error that names it", async () => {
  const { value } = await createToolRig().call("kill", { instanceId: sampleId(7) });
  expect(value).toEqual({ error: "instance not found", instanceId: sampleId(7), agents: [] });
});

test("of several ids one that is unknown keeps no other from being ended", async () => {
  const rig = createToolRig(1);
  await rig.start();
  const waiting = [await rig.supervisor.spawn(sampleRequest()), await rig.supervisor.spawn(sampleRequest())];
  const { value, metadata } = await rig.call("kill", {
    instanceId: JSON.stringify([waiting[0], "bgr_no", waiting[1]]),
  });
  expect(value).toMatchObject([
    { instanceId: waiting[0], status: "killed" },
    { instanceId: "bgr_no", error: "instance not found" },
    { instanceId: waiting[1], status: "killed" },
  ]);
  expect(value[1].agents).toHaveLength(3);
  expect(metadata["statuses"]).toEqual({ [waiting[0]!]: "killed", [waiting[1]!]: "killed" });
});

test("arguments that cannot be used are an error", async () => {
  for (const args of [undefined, {}, { instanceId: { id: 1 } }, { instanceId: null }]) {
    expect((await createToolRig().call("kill", args)).value.error).toStartWith("bizar_kill takes instanceId.");
  }
});
