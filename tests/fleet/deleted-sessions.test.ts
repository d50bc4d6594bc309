import { expect, test } from "bun:test";
import {
  deletedSession,
  endOfDeletedSession,
  tellOwnersOfDeleted,
  type OtherOwners,
} from "../../src/fleet/deleted-sessions.ts";
import { createSupervisorRig } from "../supervisor/supervisor-rig.ts";
import { sampleId, sampleRequest } from "../supervisor/sample-instance.ts";

/** What the host does with an event. */
function endOfDeletedSessions(supervisor: Parameters<typeof endOfDeletedSession>[0], event: Event): void {
  const session = deletedSession(event);
  if (session !== undefined) endOfDeletedSession(supervisor, session);
}

type Event = Parameters<typeof deletedSession>[0];

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

/** What of a record the telling goes by. */
function record(id: number, given: object, token = "another") {
  const sessions = { sessionId: "ses_x", parent: { sessionId: "ses_y" } };
  return { instanceId: sampleId(id), endedAt: null, supervisor: { token }, ...sessions, ...given };
}

async function fullDisk(): Promise<never> {
  throw new Error("ENOSPC");
}

test("the owners of agents elsewhere are told, each once, and of none that has ended or is one's own", async () => {
  const asked: unknown[] = [];
  const records = [
    record(1, { sessionId: "ses_gone" }),
    record(2, { parent: { sessionId: "ses_gone" } }),
    record(3, { sessionId: "ses_gone", endedAt: "2026-01-01T00:00:00.000Z" }),
    record(4, { sessionId: "ses_gone" }, "own"),
    record(5, {}),
  ] as unknown as Awaited<ReturnType<OtherOwners["records"]["list"]>>;
  const reports: string[] = [];
  const owners = {
    token: "own",
    records: { list: async () => records },
    askOwner: async (...request: unknown[]) => void asked.push(request),
    report: (message: string, cause: unknown) => void reports.push(`${message} ${String(cause)}`),
  };
  await tellOwnersOfDeleted(owners, "ses_gone");
  const request = { kind: "session_deleted", sessionId: "ses_gone" };
  expect(asked).toEqual([
    [sampleId(1), request],
    [sampleId(2), request],
  ]);
  await tellOwnersOfDeleted({ ...owners, askOwner: fullDisk }, "ses_gone");
  expect(reports).toEqual([expect.stringContaining("ENOSPC")]);
});
