import { expect, test } from "bun:test";
import { ToldNotes } from "../../../src/backends/servers/told-notes.ts";
import { createMessageId } from "../../../src/opencode/message-id.ts";

const turn = {
  ...{ directory: "/copy", agent: "thor" },
  model: { providerId: "scripted", modelId: "model-a" },
};

/** Notes to a session whose server does this with each message. */
function notes(prompt: (message: Record<string, unknown>) => Promise<void>) {
  const deleted: string[] = [];
  let time = 1000;
  const client = {
    prompt,
    async deleteMessage(_session: string, _directory: string, messageId: string) {
      deleted.push(messageId);
      await Promise.resolve();
    },
  };
  const log = { write: () => undefined, close: () => undefined };
  const told = new ToldNotes({ client: client as never, session: () => "ses_a", turn, log, now: () => (time += 10) });
  return { told, deleted };
}

test("a note is a message that asks for nothing; one behind the last step is taken back, once it is known", async () => {
  const sent: Record<string, unknown>[] = [];
  const { told, deleted } = notes(async (message) => {
    sent.push(message);
    await Promise.resolve();
  });
  expect(await told.tell({ kind: "limit", text: "[limit] Little is left." })).toBeTrue();
  const step = createMessageId(1015);
  expect(await told.tell({ kind: "message", text: "Also there." })).toBeTrue();
  expect(sent).toMatchObject([
    { sessionId: "ses_a", text: "[limit] Little is left.", isNote: true },
    { sessionId: "ses_a", text: expect.stringContaining("> Also there."), isNote: true },
  ]);
  expect(await told.takeUnread(step)).toEqual([{ kind: "message", text: "Also there." }]);
  expect(deleted).toEqual([String(sent[1]?.["messageId"])]);
});

test("a note that the server does not take is not told, and not taken back", async () => {
  const { told, deleted } = notes(async () => await Promise.reject(new Error("gone")));
  expect(await told.tell({ kind: "message", text: "Also there." })).toBeFalse();
  expect(await told.takeUnread("")).toEqual([]);
  expect(deleted).toEqual([]);
});
