import { expect, test } from "bun:test";
import { ParentActivity } from "../../../src/fleet/telling/parent-activity.ts";
import { agentsGoOn } from "../../../src/host/agents-go-on.ts";
import { sampleInstance } from "../../supervisor/sample-instance.ts";

const status = (type: string) => ({ type: "session.status", properties: { sessionID: "ses_1", status: { type } } });
const failed = (name: string, sessionID = "ses_1") => ({
  type: "session.error",
  properties: { sessionID, error: { name } },
});

test.each([
  ["a turn that the user stopped", [status("busy"), failed("MessageAbortedError"), status("idle")], true],
  ["one that is said to be busy once more", [status("busy"), failed("MessageAbortedError"), status("busy")], true],
  ["a new turn after it", [failed("MessageAbortedError"), status("idle"), status("busy")], false],
  ["a turn that failed by itself", [status("busy"), failed("APIError"), status("idle")], false],
  ["another session's", [status("busy"), failed("MessageAbortedError", "ses_2")], false],
] as const)("%s: whether it was stopped", (_what, events, isInterrupted) => {
  const activity = new ParentActivity({ idle: () => undefined, told: () => undefined });
  for (const event of events) activity.event(event);
  expect(activity.isInterrupted("ses_1")).toBe(isInterrupted);
});

test("who stops a session is told of its agents that go on, and of none where there is none", () => {
  expect(agentsGoOn([])).toBeUndefined();
  expect(agentsGoOn([sampleInstance("running")])?.title).toBe("An agent goes on");
  expect(agentsGoOn([sampleInstance("running"), sampleInstance("running")])?.message).toStartWith("Their ends");
});
