import { beforeEach, expect, test } from "bun:test";
import { HeldCalls } from "../../src/agent-role/held-calls.ts";
import { QuestionJudge, readQuestion, REFUSED_BY_USER, UNANSWERED } from "../../src/agent-role/questions.ts";
import { ASKED_USER, readRejection } from "../../src/opencode/refusals.ts";
import type { Reply } from "../../src/supervisor/questions.ts";

/** What opencode was answered, in order. */
let replies: string[];
/** The user's answers to what they were asked, by what that was. */
let answers: Map<string, (reply: Reply) => void>;
let calls: HeldCalls;
beforeEach(() => {
  replies = [];
  answers = new Map();
  calls = new HeldCalls({
    judge: new QuestionJudge({ skipPermissions: false, asks: true }),
    asks: { ask: async ({ what }) => await new Promise((resolve) => answers.set(what, resolve)) },
    answering: {
      replyPermission: async (id, reply, words) => void replies.push(`${id} ${reply} ${words ?? ""}`.trim()),
      rejectQuestion: async (id) => void replies.push(`${id} dismissed`),
    },
    directory: "/project",
    held: () => undefined,
    report: (error) => expect.unreachable(String(error)),
  });
});

const begin = async (callID: string, command: string, description = "Runs it", sessionID = "ses_a") =>
  await calls.before({ tool: "bash", sessionID, callID }, { command, description });

let last = 0;
function ask(callID: string | undefined, pattern: string, permission = "bash"): string {
  const id = `per_${++last}`;
  const tool = callID === undefined ? {} : { tool: { callID, messageID: "msg_1" } };
  const properties = { id, sessionID: "ses_a", permission, patterns: [pattern], always: [pattern], ...tool };
  calls.asked(readQuestion({ type: "permission.asked", properties })!);
  return id;
}

test("a call that asks is sent back, waits when it is made again, in whatever words, and runs once it is allowed", async () => {
  await begin("call_1", "git push");
  expect(replies).toEqual([]);
  const first = ask("call_1", "git push");
  expect(replies).toEqual([`${first} reject ${ASKED_USER}`]);
  expect(calls.isAsked("call_1")).toBeTrue();
  let hasBegun = false;
  const second = begin("call_2", "git push", "Pushes it").then(() => (hasBegun = true));
  await Bun.sleep(0);
  expect(hasBegun).toBeFalse();
  // Another one does not wait for it.
  await begin("call_3", "git status");
  answers.get("bash: git push")?.({ kind: "once" });
  await second;
  const again = ask("call_2", "git push");
  expect(replies.at(-1)).toBe(`${again} once`);
  calls.after("call_2");
  // Once is once.
  await begin("call_4", "git push");
  ask("call_4", "git push");
  expect(replies.at(-1)).toEndWith(ASKED_USER);
});

test.each<[what: string, reply: Reply, words: string]>([
  ["refused", { kind: "no" }, REFUSED_BY_USER],
  ["refused with words", { kind: "no", words: "use the staging branch" }, "use the staging branch"],
  ["not answered", { kind: "unanswered" }, UNANSWERED],
])("one that is %s fails with words, and the same call may ask again", async (_, reply, words) => {
  await begin("call_1", "rm -rf build");
  ask("call_1", "rm -rf build");
  const second = begin("call_2", "rm -rf build");
  answers.get("bash: rm -rf build")?.(reply);
  const error: unknown = await second.catch((thrown: unknown) => thrown);
  expect(readRejection((error as Error).message)).toEqual({ of: "permission", words });
  await begin("call_3", "rm -rf build");
});

test("an answer that comes before the call is made again counts for that one", async () => {
  await begin("call_1", "git tag v1");
  ask("call_1", "git tag v1");
  answers.get("bash: git tag v1")?.({ kind: "once" });
  await Bun.sleep(0);
  await begin("call_2", "git tag v1");
  ask("call_2", "git tag v1");
  expect(replies.at(-1)).toEndWith("once");
});

test("a call that needs two permissions asks for each, and keeps the first", async () => {
  await begin("call_1", "rm /etc/x");
  ask("call_1", "/etc/*", "external_directory");
  answers.get("external_directory: /etc/*")?.({ kind: "once" });
  await Bun.sleep(0);
  await begin("call_2", "rm /etc/x");
  ask("call_2", "/etc/*", "external_directory");
  expect(replies.at(-1)).toEndWith("once");
  ask("call_2", "rm /etc/x");
  expect(replies.at(-1)).toEndWith(ASKED_USER);
  answers.get("bash: rm /etc/x")?.({ kind: "once" });
  await Bun.sleep(0);
  await begin("call_3", "rm /etc/x");
  ask("call_3", "/etc/*", "external_directory");
  ask("call_3", "rm /etc/x");
  expect(replies.slice(-2).every((reply) => reply.endsWith("once"))).toBeTrue();
});

test("what is allowed for good is not asked again, in any session of the agent", async () => {
  await begin("call_1", "git push");
  ask("call_1", "git push");
  answers.get("bash: git push")?.({ kind: "always" });
  await Bun.sleep(0);
  await begin("call_2", "git push", "Pushes", "ses_sub");
  ask("call_2", "git push");
  expect(replies.at(-1)).toEndWith("once");
});

test("a permission that no call asks for is refused", () => {
  ask(undefined, "git push");
  ask("call_unknown", "git push");
  expect(replies.every((reply) => reply.endsWith(UNANSWERED))).toBeTrue();
  expect(answers.size).toBe(0);
});
