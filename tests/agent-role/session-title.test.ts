import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sessionTitle } from "../../src/agent-role/session-title.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { until } from "../until.ts";

function rig(record: string, sessionId: string | null = null) {
  const recordPath = join(temporaryFolder(), "record.json");
  writeFileSync(recordPath, record);
  const set: string[] = [];
  const setTitle = async (id: string, title: string) => void set.push(`${id} ${title}`);
  const { event } = sessionTitle({ sessionId, recordPath, setTitle, report: () => undefined });
  const tell = async (type: string, id: string, title: string, parentID?: string) => {
    const properties = { info: { id, title, ...(parentID === undefined ? {} : { parentID }) } };
    await event({ event: { type, properties } as never });
  };
  return { set, tell };
}

const RECORD = JSON.stringify({ agent: "thor", title: "a test\n for the parser" });

test("an agent's session gets its title, also behind the one that opencode makes, and no more than that", async () => {
  const { set, tell } = rig(RECORD);
  await tell("session.created", "ses_1", "New session");
  await until("it is set", () => set.length === 1);
  await tell("session.updated", "ses_1", "thor: a test for the parser");
  await tell("session.updated", "ses_1", "Parsers and tests");
  await until("it is set again", () => set.length === 2);
  for (let time = 0; time < 5; time++) await tell("session.updated", "ses_1", `Another ${time}`);
  await until("it gives up", () => set.length === 3);
  expect(set).toEqual(Array.from({ length: 3 }, () => "ses_1 thor: a test for the parser"));
});

test("sessions of its subagents, and others', keep theirs", async () => {
  const { set, tell } = rig(RECORD, "ses_1");
  await tell("session.created", "ses_2", "A child", "ses_1");
  await tell("session.created", "ses_3", "Another one");
  await tell("session.updated", "ses_1", "New session");
  await until("its own is set", () => set.length > 0);
  expect(set).toEqual(["ses_1 thor: a test for the parser"]);
});

test.each(["", "{}", "null", '{"agent":7,"title":"x"}'])("with the record %j nothing is set", async (record) => {
  const { set, tell } = rig(record);
  await tell("session.created", "ses_1", "New session");
  await Bun.sleep(20);
  expect(set).toEqual([]);
});
