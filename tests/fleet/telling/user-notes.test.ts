import { expect, test } from "bun:test";
import { UserNotes } from "../../../src/fleet/telling/user-notes.ts";
import type { HostMessage } from "../../../src/opencode/answers.ts";
import type { SyntheticMessage } from "../../../src/opencode/host-client.ts";
import { sampleId, sampleInstance } from "../../supervisor/sample-instance.ts";

/** Notes in a host whose sessions hold what was put into them. */
function createNotes() {
  const busy = new Set<string>();
  const put: [sessionId: string, message: SyntheticMessage][] = [];
  const stored = new Map<string, HostMessage[]>();
  const reports: string[] = [];
  const state = { isDown: false };
  const notes = new UserNotes({
    maySupervise: () => true,
    isBusy: (sessionId) => busy.has(sessionId),
    report: (message) => void reports.push(message),
    host: {
      parentOf: async (sessionId) => (sessionId === "ses_child" ? "ses_parent" : undefined),
      messages: async (sessionId) => stored.get(sessionId) ?? [],
      put: async (sessionId, message) => {
        if (state.isDown) throw new Error("no answer");
        put.push([sessionId, message]);
        return true;
      },
    },
  });
  let messages = 0;
  /** A message with the role of the user, made of one part. */
  const said = (sessionID: string, part: Record<string, unknown> = { type: "text" }) => {
    const id = `msg_${++messages}`;
    notes.event({ type: "message.updated", properties: { info: { id, sessionID, role: "user" } } });
    notes.event({ type: "message.part.updated", properties: { part: { messageID: id, sessionID, ...part } } });
  };
  const told = async (parentId: string, ...numbers: number[]) => {
    notes.told(
      parentId,
      numbers.map((number) => ({
        instance: sampleInstance("done", { instanceId: sampleId(number), title: `task ${number}` }),
        end: { instanceId: sampleId(number), turn: 1 },
      })),
    );
    await Bun.sleep(0);
  };
  /** Who got a note, and of what. */
  const noted = () => put.map(([sessionId, { metadata }]) => [sessionId, metadata]);
  return { notes, busy, put, stored, reports, state, said, told, noted };
}

const end = (number: number) => ({ instanceId: sampleId(number), turn: 1 });

test("what another plugin has put into a message of the user's makes it no less written", async () => {
  const { said, told, noted } = createNotes();
  said("ses_new", { type: "text", metadata: { other: "plugin" } });
  await told("ses_old", 1);
  expect(noted()).toEqual([["ses_new", { bizar: { elsewhere: [end(1)] } }]]);
});

test("the session in which the user wrote last gets one note of ends that another one was told of", async () => {
  const { put, said, told, noted } = createNotes();
  await told("ses_old", 1);
  said("ses_old");
  said("ses_new");
  await told("ses_old", 2, 3);
  expect(noted()).toEqual([["ses_new", { bizar: { elsewhere: [end(2), end(3)] } }]]);
  expect(put[0]?.[1]).toMatchObject({ wake: false });
  expect(put[0]?.[1].text).toContain("does not come from the user");
  expect(put[0]?.[1].shown).toBe(
    'Bizar: mimir, "task 2", of another session: done.\nBizar: mimir, "task 3", of another session: done.',
  );
});

test("the session that asked gets none, wherever the user was before", async () => {
  const { said, told, noted } = createNotes();
  said("ses_new");
  said("ses_old");
  await told("ses_old", 1);
  expect(noted()).toEqual([]);
});

test("what the plugin, the host or an agent puts into a session is nothing that the user wrote", async () => {
  const { notes, said, told, noted } = createNotes();
  said("ses_user");
  notes.event({
    type: "session.created",
    properties: { sessionID: "ses_sub", info: { id: "ses_sub", parentID: "ses_old" } },
  });
  said("ses_sub");
  said("ses_a", { type: "text", synthetic: true });
  said("ses_b", { type: "text", ignored: true });
  said("ses_c", { type: "text", metadata: { bizar: [] } });
  said("ses_d", { type: "compaction" });
  await told("ses_old", 1);
  expect(noted()).toEqual([["ses_user", { bizar: { elsewhere: [end(1)] } }]]);
});

test("a subagent's session, which this process has not seen begin, gets none", async () => {
  const { said, told, noted } = createNotes();
  said("ses_child");
  await told("ses_old", 1);
  expect(noted()).toEqual([]);
});

test("a busy session gets its note when it is idle, with all that came by then", async () => {
  const { notes, busy, said, told, noted } = createNotes();
  said("ses_new", { type: "file" });
  busy.add("ses_new");
  await told("ses_old", 1);
  await told("ses_old", 2);
  notes.idle("ses_new");
  await Bun.sleep(0);
  expect(noted()).toEqual([]);
  busy.clear();
  notes.idle("ses_new");
  notes.idle("ses_new");
  await Bun.sleep(0);
  expect(noted()).toEqual([["ses_new", { bizar: { elsewhere: [end(1), end(2)] } }]]);
});

test("nothing is noted twice, and a note that failed is not tried again", async () => {
  const { notes, stored, reports, state, said, told, noted } = createNotes();
  said("ses_new");
  const metadata = { bizar: { elsewhere: [end(1)] } };
  stored.set("ses_new", [{ info: { role: "user" }, parts: [{ type: "text", metadata }] } as unknown as HostMessage]);
  await told("ses_old", 1, 2);
  expect(noted()).toEqual([["ses_new", { bizar: { elsewhere: [end(2)] } }]]);
  state.isDown = true;
  await told("ses_old", 3);
  state.isDown = false;
  notes.idle("ses_new");
  await Bun.sleep(0);
  expect(reports).toHaveLength(1);
  expect(noted()).toHaveLength(1);
});

test("a session that was deleted gets none", async () => {
  const { notes, said, told, noted } = createNotes();
  said("ses_new");
  notes.event({ type: "session.deleted", properties: { sessionID: "ses_new" } });
  await told("ses_old", 1);
  expect(noted()).toEqual([]);
});
