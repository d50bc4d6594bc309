import { expect, test } from "bun:test";
import { LatestMessages } from "../../src/opencode/latest-messages.ts";

function told(latest: LatestMessages, sessionID: string, id: string, role = "assistant"): void {
  latest.event({ type: "message.updated", properties: { sessionID, info: { id, role, words: `${sessionID} ${id}` } } });
}

test("the latest message of either side is found, in its own session", () => {
  const latest = new LatestMessages();
  told(latest, "ses_1", "msg_1", "user");
  told(latest, "ses_1", "msg_2");
  told(latest, "ses_1", "msg_3");
  told(latest, "ses_2", "msg_4");
  expect(latest.find("ses_1", "msg_1")).toMatchObject({ words: "ses_1 msg_1" });
  expect(latest.find("ses_1", "msg_3")).toMatchObject({ words: "ses_1 msg_3" });
  expect(latest.find("ses_1", "msg_2")).toBeUndefined();
  expect(latest.find("ses_1", "msg_4")).toBeUndefined();
  expect(latest.find("ses_3", "msg_4")).toBeUndefined();
});

test("a session is forgotten when it is deleted, or when a hundred others have said something since", () => {
  const latest = new LatestMessages();
  told(latest, "ses_kept", "msg_1", "user");
  told(latest, "ses_silent", "msg_1");
  told(latest, "ses_deleted", "msg_1");
  latest.event({ type: "session.deleted", properties: { sessionID: "ses_deleted" } });
  for (let index = 0; index < 98; index++) told(latest, `ses_${index}`, "msg_1");
  told(latest, "ses_kept", "msg_2");
  expect(latest.find("ses_silent", "msg_1")).toBeDefined();
  told(latest, "ses_last", "msg_1");
  expect(latest.find("ses_silent", "msg_1")).toBeUndefined();
  expect(latest.find("ses_deleted", "msg_1")).toBeUndefined();
  expect(latest.find("ses_kept", "msg_1")).toBeDefined();
});
