import { expect, test } from "bun:test";
import { sampleRequest, sampleTurn } from "./sample-instance.ts";
import { untilSettled } from "./recovery-rig.ts";
import { createSupervisorRig } from "./supervisor-rig.ts";

test("the record is durable before the agent is started", async () => {
  const { backend, journal, store, supervisor } = createSupervisorRig();
  const letGo = store.hold("create");
  const spawned = supervisor.spawn(sampleRequest());
  expect(backend.turns).toEqual([]);
  letGo();
  await spawned;
  expect(journal.slice(0, 2)).toEqual(["create pending", "start mimir"]);
});

test("an agent goes from its start over its session to its end", async () => {
  const { start, stateOf, store, supervisor, told } = createSupervisorRig();
  const { id, turn } = await start();
  expect(stateOf(id)!.status).toBe("pending");
  turn.observer.spawned({ pid: 7, startTime: "8" });
  turn.observer.sessionIdentified("ses_child");
  await supervisor.whenIdentified(id);
  expect(stateOf(id)).toMatchObject({ status: "running", process: { pid: 7, startTime: "8" } });
  turn.end({ text: "Found it." });
  await supervisor.whenSettled(id);
  expect(store.records.get(id)).toMatchObject({
    sessionId: "ses_child",
    state: { status: "done", reason: null },
    resultPreview: "Found it.",
  });
  expect(store.results.get(id)).toBe("Found it.");
  expect(told).toEqual(["done"]);
  expect(supervisor.view(id)).toBeUndefined();
});

test("a start that is repeated is one turn, and its session is that of the second start", async () => {
  const { start, stateOf, store, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  turn.observer.spawned({ pid: 7, startTime: "8" });
  turn.observer.sessionIdentified("ses_empty");
  turn.observer.startRepeated();
  expect(stateOf(id)).toMatchObject({ status: "pending", process: null });
  turn.observer.spawned({ pid: 9, startTime: "10" });
  turn.observer.sessionIdentified("ses_child");
  expect(stateOf(id)).toMatchObject({ status: "running", process: { pid: 9 } });
  turn.end();
  await supervisor.whenSettled(id);
  expect(store.records.get(id)).toMatchObject({ sessionId: "ses_child", turns: [{ kind: "initial" }] });
  expect(store.records.get(id)!.turns).toHaveLength(1);
});

test("the backend is given everything that the turn needs", async () => {
  const { start } = createSupervisorRig();
  const { id, turn } = await start({ agent: "thor", directory: "/elsewhere", prompt: "- go" });
  expect(turn.request).toMatchObject({
    instanceId: id,
    agent: "thor",
    directory: "/elsewhere",
    prompt: "- go",
    sessionId: null,
    model: { providerId: "scripted", modelId: "model" },
  });
});

test("the result is on disk before the record says that the turn ended", async () => {
  const { journal, start, stateOf, store, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  const letGo = store.hold("result");
  turn.end({ text: "Found it." });
  await turn.ended;
  expect(stateOf(id)!.status).toBe("pending");
  letGo();
  await supervisor.whenSettled(id);
  expect(journal.slice(-2)).toEqual(["result Found it.", "save done"]);
});

test("nobody is told of an end before its record is written", async () => {
  const { start, store, supervisor, told } = createSupervisorRig();
  const { id, turn } = await start();
  turn.observer.sessionIdentified("ses_child");
  const letGo = store.hold("save");
  turn.end();
  await turn.ended;
  expect(told).toEqual([]);
  letGo();
  await supervisor.whenSettled(id);
  expect(told).toEqual(["done"]);
});

test("an end without a word writes no result", async () => {
  const { start, stateOf, store, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  turn.end({ text: "" });
  await supervisor.whenSettled(id);
  expect(stateOf(id)).toMatchObject({ status: "done", reason: "empty_result" });
  expect(store.results.has(id)).toBe(false);
});

test("text that was lost on the way is read back from the session", async () => {
  const { start, store, supervisor, transcripts } = createSupervisorRig();
  transcripts.read = async () => [sampleTurn({ text: "all of it" })];
  const { id, turn } = await start();
  turn.observer.sessionIdentified("ses_child");
  turn.end({ text: "all o" }, true);
  await supervisor.whenSettled(id);
  expect(store.results.get(id)).toBe("all of it");
});

test("when the session cannot be read, what came is the result, and that is reported", async () => {
  const { clock, reports, start, store, supervisor, transcripts } = createSupervisorRig();
  transcripts.read = async () => await Promise.reject(new Error("no host"));
  const { id, turn } = await start();
  turn.observer.sessionIdentified("ses_child");
  turn.end({ text: "all o" }, true);
  await untilSettled(supervisor.whenSettled(id), clock);
  expect(store.results.get(id)).toBe("all o");
  expect(reports).toEqual([expect.stringContaining("no host")]);
});

test("progress shows at once and is written down at most every ten seconds", async () => {
  const { clock, journal, start, supervisor } = createSupervisorRig();
  const { id, turn } = await start();
  turn.observer.sessionIdentified("ses_child");
  await supervisor.whenIdentified(id);
  const before = journal.length;
  const { progress } = supervisor.view(id)!.instance;
  for (let each = 0; each < 40; each++) {
    turn.observer.progressed({ ...progress, activity: `tool ${each}` });
    clock.advance(500);
  }
  expect(supervisor.view(id)!.instance.progress.activity).toBe("tool 39");
  expect(clock.pending).toBeLessThanOrEqual(1);
  turn.end();
  await supervisor.whenSettled(id);
  expect(journal.slice(before)).toEqual(["save running", "save running", "result All is well.", "save done"]);
  expect(clock.pending).toBe(0);
});
