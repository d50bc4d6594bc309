import { expect, test } from "bun:test";
import { endOfDeletedSessions } from "../../src/plugin/deleted-sessions.ts";
import { createSupervisorRig } from "../supervisor/supervisor-rig.ts";
import { sampleRequest } from "../supervisor/sample-instance.ts";

const deleted = (sessionID: string) => ({
  type: "session.deleted",
  properties: { sessionID, info: { id: sessionID } },
});

/** An agent in a session of its own, asked for by another one. */
async function running() {
  const rig = createSupervisorRig();
  const { id, turn } = await rig.start({ parent: { sessionId: "ses_parent", messageId: "msg_a", agent: "odin" } });
  turn.observer.sessionIdentified("ses_own");
  return { ...rig, id, turn };
}

for (const [session, words] of [
  ["ses_own", "its session was deleted (ses_own)"],
  ["ses_parent", "its parent's session was deleted (ses_parent)"],
] as const) {
  test(`an agent is ended when ${session} is deleted, and its error says so`, async () => {
    const { id, stateOf, supervisor, turn } = await running();
    endOfDeletedSessions(supervisor, deleted(session));
    // The sessions below one are deleted with it.
    endOfDeletedSessions(supervisor, deleted("ses_parent"));
    turn.end({ exitCode: 143, text: "" });
    await supervisor.whenSettled(id);
    expect(stateOf(id)).toMatchObject({ status: "failed", reason: "session_error" });
    expect(stateOf(id)).toMatchObject({ error: expect.stringContaining(words) });
  });
}

test("other sessions, other events and agents that have ended are none of its business", async () => {
  const { id, stateOf, supervisor, turn } = await running();
  for (const event of [
    deleted("ses_other"),
    { type: "session.updated", properties: { sessionID: "ses_own" } },
    { type: "session.deleted", properties: {} },
    { type: "session.deleted", properties: undefined },
  ]) {
    endOfDeletedSessions(supervisor, event);
  }
  expect(turn.stops).toBe(0);
  turn.end();
  await supervisor.whenSettled(id);
  endOfDeletedSessions(supervisor, deleted("ses_own"));
  expect(stateOf(id)).toMatchObject({ status: "done" });
});

test("none of the turns that wait behind the running one begins", async () => {
  const { backend, id, store, supervisor, told, turn } = await running();
  for (const prompt of ["and then", "and after that", "and at last"]) supervisor.followUp(id, prompt);
  endOfDeletedSessions(supervisor, deleted("ses_own"));
  turn.end({ exitCode: 143 });
  await supervisor.whenSettled(id);
  expect([backend.turns.length, told]).toEqual([1, ["failed"]]);
  expect(store.records.get(id)).toMatchObject({ state: { status: "failed" }, followUps: [] });
});

test("one that waits for its place never starts", async () => {
  const { backend, start, supervisor } = createSupervisorRig(1);
  await start();
  const parent = { sessionId: "ses_parent", messageId: "msg_a", agent: "odin" };
  const waiting = await supervisor.spawn(sampleRequest({ parent }));
  endOfDeletedSessions(supervisor, deleted("ses_parent"));
  await supervisor.whenSettled(waiting);
  expect(backend.turns).toHaveLength(1);
});
