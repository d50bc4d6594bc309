import { expect, onTestFinished, test } from "bun:test";
import { ownerRequests } from "../../src/fleet/owner-requests.ts";
import { askOwner } from "../../src/store/ask-owner.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import { livingOwner } from "../cli/command-line-rig.ts";
import { freshPaths, openStore } from "../store/store-rig.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { createSupervisorRig } from "../supervisor/supervisor-rig.ts";

/** A plugin instance that watches for requests, and an agent that it runs. */
async function createHost() {
  const paths = freshPaths();
  const identity = livingOwner();
  const rig = createSupervisorRig();
  const { id, turn } = await rig.start();
  const { store } = openStore(paths, identity);
  await store.create(sampleInstance("running", { instanceId: id }));
  const records = new RecordFolder(paths, (message) => expect.unreachable(message));
  const messages: [string, string][] = [];
  const host = { outcome: "accepted" as "accepted" | "foreign" };
  const requests = ownerRequests({
    ...{ paths, records, supervisor: rig.supervisor, token: identity.token },
    sendMessage: async (instanceId, prompt) => {
      messages.push([instanceId, prompt]);
      return host.outcome;
    },
    saveAll: () => undefined,
    clock: new FakeClock(),
    report: (message) => expect.unreachable(message),
  });
  requests.open();
  onTestFinished(() => requests.close());
  return { ...rig, host, id, turn, paths, records, store, messages };
}

test("a kill is answered at once, while the agent's tree is still being ended", async () => {
  const { id, turn, paths, records, stateOf, supervisor } = await createHost();
  expect(await askOwner({ paths, records }, id, { kind: "kill" })).toEqual({ ok: true });
  expect(turn.stops).toBe(1);
  turn.end({ exitCode: 143, text: "" });
  await supervisor.whenSettled(id);
  expect(stateOf(id)).toMatchObject({ status: "killed", error: "Killed on request of another process." });
});

test("a message becomes a further turn, also of an agent that has ended and is this host's by its record", async () => {
  const { id, paths, records, messages, store } = await createHost();
  expect(await askOwner({ paths, records }, id, { kind: "send", prompt: "more" })).toEqual({ ok: true });
  await store.create(sampleInstance("done", { instanceId: sampleId(9) }));
  expect(await askOwner({ paths, records }, sampleId(9), { kind: "send", prompt: "again" })).toEqual({ ok: true });
  expect(messages).toEqual([
    [id, "more"],
    [sampleId(9), "again"],
  ]);
});

test("a message that the host cannot take is refused in words", async () => {
  const { host, id, paths, records } = await createHost();
  host.outcome = "foreign";
  const answer = await askOwner({ paths, records }, id, { kind: "send", prompt: "more" });
  expect(answer).toMatchObject({ ok: false, reason: "refused" });
});

test("requests for records of another plugin instance, also of the same process, are left to that one", async () => {
  const { paths, records, messages } = await createHost();
  await openStore(paths, livingOwner()).store.create(sampleInstance("done", { instanceId: sampleId(9) }));
  const asking = askOwner({ paths, records, limitMs: 700 }, sampleId(9), { kind: "send", prompt: "more" });
  expect(await asking).toMatchObject({ ok: false, reason: "no_reaction" });
  expect(messages).toEqual([]);
});

test("an agent whose session was deleted elsewhere has failed over that", async () => {
  const { id, turn, paths, records, stateOf, supervisor } = await createHost();
  turn.observer.sessionIdentified("ses_gone");
  expect(await askOwner({ paths, records }, id, { kind: "session_deleted", sessionId: "ses_gone" })).toEqual({
    ok: true,
  });
  turn.end({ exitCode: 143 });
  await supervisor.whenSettled(id);
  expect(stateOf(id)).toMatchObject({ status: "failed", reason: "session_error" });
});
