import { expect, test } from "bun:test";
import { until } from "../until.ts";
import { killed, sampleRequest } from "./sample-instance.ts";
import { createSupervisorRig } from "./supervisor-rig.ts";

const message = (text: string) => ({ kind: "message", text }) as const;

async function atWork() {
  const rig = createSupervisorRig();
  const { id, turn } = await rig.start();
  turn.observer.sessionIdentified("ses_child");
  return { ...rig, id, turn };
}

test("a message now is left for the agent's session, and is no turn once it was read", async () => {
  const { id, turn, supervisor, notes, backend, store } = await atWork();
  expect(await supervisor.tellNow(id, "Look here.")).toBe(true);
  expect(await notes.take("ses_child")).toEqual([message("Look here.")]);
  turn.end();
  await supervisor.whenSettled(id);
  expect(backend.turns).toHaveLength(1);
  expect(store.records.get(id)?.state.status).toBe("done");
});

test("messages that were not read are further turns, in their order; what is told of limits is not", async () => {
  const { id, turn, supervisor, notes, backend } = await atWork();
  await supervisor.tellNow(id, "First.");
  await notes.post("ses_child", { kind: "limit", text: "[limit] 1 left" });
  await supervisor.tellNow(id, "Second.");
  turn.end();
  await until("the next turn runs", () => backend.turns.length === 2);
  expect(backend.turns.map(({ request }) => request.prompt).slice(1)).toEqual(["First."]);
  backend.turns[1]!.observer.sessionIdentified("ses_child");
  backend.turns[1]!.end();
  await until("the one after it runs", () => backend.turns.length === 3);
  expect(backend.turns.map(({ request }) => request.prompt).slice(1)).toEqual(["First.", "Second."]);
});

test("a message that comes when the turn has ended is not left there, for a further turn takes it", async () => {
  const { id, turn, supervisor, notes } = await atWork();
  const posting = Promise.withResolvers<void>();
  const post = notes.post.bind(notes);
  notes.post = async (...given) => {
    await posting.promise;
    await post(...given);
  };
  const told = supervisor.tellNow(id, "Too late.");
  turn.end();
  await supervisor.whenSettled(id);
  posting.resolve();
  expect(await told).toBe(false);
  expect(notes.posted.size).toBe(0);
});

test("of several messages that come when the turn has ended none is taken for read", async () => {
  const { id, turn, supervisor, notes } = await atWork();
  const posting = Promise.withResolvers<void>();
  const post = notes.post.bind(notes);
  notes.post = async (...given) => {
    await posting.promise;
    await post(...given);
  };
  const told = ["One.", "Two.", "One."].map(async (text) => await supervisor.tellNow(id, text));
  turn.end();
  await supervisor.whenSettled(id);
  posting.resolve();
  const refused = (await Promise.all(told)).filter((isTold) => !isTold).length;
  expect(refused + (await notes.take("ses_child")).length).toBe(3);
});

test("one that is on its way out is told nothing now, nor is one that waits in line or is being started", async () => {
  const { id, turn, supervisor } = await atWork();
  const stopping = supervisor.stop(id, killed);
  expect(await supervisor.tellNow(id, "x")).toBe(false);
  turn.end();
  await stopping;
  const { start, supervisor: full } = createSupervisorRig(1);
  const { id: starting } = await start();
  expect(await full.tellNow(starting, "x")).toBe(false);
  const waiting = await full.spawn(sampleRequest());
  expect(await full.tellNow(waiting, "x")).toBe(false);
  expect(await full.tellNow("bgr_00000000000000000000000000", "x")).toBe(false);
});

test("a message to a turn that was lost with its host comes before the next one", async () => {
  const { id, turn, supervisor, notes, backend, store } = await atWork();
  turn.end();
  await supervisor.whenSettled(id);
  await notes.post("ses_child", message("Unread."));
  await supervisor.resume(store.records.get(id)!, "Go on.");
  await until("it runs", () => backend.turns.length === 2);
  expect(backend.turns[1]!.request.prompt).toBe("Unread.");
  expect(supervisor.view(id)?.instance.followUps).toEqual(["Go on."]);
});
