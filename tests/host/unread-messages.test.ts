import { expect, test } from "bun:test";
import { UnreadMessages } from "../../src/host/unread-messages.ts";
import { createPlanRig } from "./plan-rig.ts";
import { createToolRig } from "./tool-rig.ts";
import { until } from "../until.ts";

const SESSION = "ses_parent";

/** A message comes to the session, as opencode tells of it. */
async function say(unread: UnreadMessages, part: Record<string, unknown>, id = "msg_new"): Promise<void> {
  await unread.hooks["chat.message"](
    { sessionID: SESSION },
    { message: { id } as never, parts: [{ type: "text", ...part } as never] },
  );
}

test.each<[string, Record<string, unknown>, boolean]>([
  ["words", { text: "wait, not that" }, true],
  ["a picture", { type: "file", url: "data:," }, true],
  ["a path", { text: "/etc/hosts is wrong" }, true],
  ["a synthetic part", { text: "continue", synthetic: true }, false],
  ["what only the user sees", { text: "shown", ignored: true }, false],
  ["a message of this plugin", { text: "an agent has ended", metadata: { bizar: [] } }, false],
  ["a slash command", { text: "/bizar" }, false],
  ["a slash command with words", { text: " /plan list" }, false],
])("%s: whether the user has written", async (_what, part, isWritten) => {
  const unread = new UnreadMessages();
  await say(unread, part);
  expect(unread.has(SESSION)).toBe(isWritten);
});

test("what a command of the user becomes is no message, and the next one is", async () => {
  const unread = new UnreadMessages();
  await unread.hooks["command.execute.before"](
    { sessionID: SESSION, command: "init", arguments: "" },
    { parts: [] as never },
  );
  await say(unread, { text: "the template" });
  expect(unread.has(SESSION)).toBeFalse();
  await say(unread, { text: "and this" });
  expect(unread.has(SESSION)).toBeTrue();
});

test("a message is read once a step has it, and not by a step that began before", async () => {
  const unread = new UnreadMessages();
  await say(unread, { text: "wait" }, "msg_2");
  const step = async (...ids: string[]) => {
    const messages = ids.map((id) => ({ info: { id, sessionID: SESSION }, parts: [] }));
    await unread.hooks["experimental.chat.messages.transform"]({}, { messages: messages as never });
  };
  await step("msg_1");
  expect(unread.has(SESSION)).toBeTrue();
  await step("msg_1", "msg_2");
  expect(unread.has(SESSION)).toBeFalse();
});

test("a collect is over at once when the user writes, and the agent is left alone", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  turn.observer.sessionIdentified("ses_child");
  const answering = rig.call("collect", { instanceId: id });
  await new Promise(setImmediate);
  await say(rig.unread, { text: "how far is it?" });
  const { value } = await answering;
  expect(value).toMatchObject({ status: "running", endedBy: "user_message" });
  expect(rig.supervisor.view(id)?.instance.state.status).toBe("running");
});

test("a collect that begins with an unread message does not wait, and an end is told as one", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  rig.store.failing.add("result");
  await say(rig.unread, { text: "how far is it?" });
  expect((await rig.call("collect", { instanceId: id })).value.endedBy).toBe("user_message");
  turn.end({ text: "Found it." });
  await until("it has ended", async () => (await rig.call("collect", { instanceId: id })).value.status === "done");
  expect((await rig.call("collect", { instanceId: id })).value).not.toHaveProperty("endedBy");
});

test("a wait for feedback is over at once when the user writes; the review stays open, and the chat approves nothing", async () => {
  const rig = createPlanRig();
  await rig.act("add_element", { elementId: "el_a", title: "A" });
  const answer = rig.call("bizar_wait_for_feedback", { planSlug: "x" });
  await until("the user is called", () => rig.called.length > 0);
  await say(rig.unread, { text: "looks good, approved!" });
  const { value } = await answer;
  expect(value).toMatchObject({ ok: true, status: "user_message" });
  expect(value.note).toContain("An approval in the chat does not count");
  expect(value.note).toContain("/plan status x approved");
  const now = await rig.plans.read("x");
  expect(now.ok && now.value.meta.review.state).toBe("open");
});
