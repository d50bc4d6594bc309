import { describe, expect, test } from "bun:test";
import { startAgentRole } from "../../src/agent-role/agent-role.ts";
import { readHostEvent, type HostEvent } from "../../src/agent-role/host-event.ts";
import {
  giveReply,
  NO_ANSWER,
  NO_PERMISSION,
  QuestionJudge,
  readQuestion,
  type PermissionRules,
} from "../../src/agent-role/questions.ts";
import { refusalWords, withoutUser } from "../../src/agent-role/refusal-words.ts";
import { TelemetryState } from "../../src/agent-role/telemetry.ts";
import { readRefusal } from "../../src/opencode/refusals.ts";
import { OWN, SUB } from "./host-events.ts";

const REJECTED = "The user rejected permission to use this specific tool call.";
const withWords = (words: string) => `${REJECTED.slice(0, -1)} with the following feedback: ${words}`;
const DENIED =
  "The user has specified a rule which prevents you from using this specific tool call. Here are some of the relevant rules []";
const DISMISSED = "The user dismissed this question";

const failed = (error: string) => ({ type: "tool", tool: "bash", state: { status: "error", error, input: {} } });

describe("what the model reads of a refusal", () => {
  const cases: [what: string, error: string, read: string][] = [
    ["by the plugin", withWords(NO_PERMISSION), NO_PERMISSION],
    ["by opencode run, without a word", REJECTED, NO_PERMISSION],
    ["by a person with words of their own", withWords("use npm"), withWords("use npm")],
    ["of a question", DISMISSED, NO_ANSWER],
    ["by a rule", DENIED, DENIED],
    ["that is none", "File not found: The user rejected permission", "File not found: The user rejected permission"],
  ];
  test.each(cases)("%s", (_, error, read) => expect(withoutUser(error)).toBe(read));

  test("is put into the request of each step, in all its messages, and nothing else is changed", async () => {
    const other = [
      { type: "text", text: REJECTED },
      { type: "tool", state: { status: "completed", output: REJECTED } },
    ];
    const messages = [
      { parts: [failed(REJECTED), ...other] },
      { parts: [failed("ENOENT")] },
      { parts: [failed(DISMISSED)] },
    ];
    await refusalWords()["experimental.chat.messages.transform"]({}, { messages } as never);
    expect(messages as unknown).toEqual([
      { parts: [failed(NO_PERMISSION), ...other] },
      { parts: [failed("ENOENT")] },
      { parts: [failed(NO_ANSWER)] },
    ]);
  });
});

describe("a refused call in a line", () => {
  const cases: [tool: string, input: unknown, line: string][] = [
    ["bash", { command: "rm -rf build", description: "Removes" }, "bash: rm -rf build"],
    ["bash", { command: "cat <<E\n  one\n\ttwo\nE" }, "bash: cat <<E one two E"],
    ["edit", { filePath: "/p/a.ts", oldString: "a", newString: "b" }, "edit: /p/a.ts"],
    ["webfetch", { url: "https://example.org/", format: "text" }, "webfetch: https://example.org/"],
    ["grep", { pattern: "x", path: "/etc" }, "grep: /etc"],
    ["mcp_key", { key: "Down" }, 'mcp_key: {"key":"Down"}'],
    ["bash", { command: "x".repeat(500) }, `bash: ${"x".repeat(119)}…`],
    ["list", undefined, "list"],
  ];
  test.each(cases)("%s %j", (tool, input, line) => {
    for (const error of [REJECTED, withWords(NO_PERMISSION), DENIED]) {
      expect(readRefusal({ tool, state: { error, input } })).toBe(line);
    }
    expect(readRefusal({ tool, state: { error: "ENOENT", input } })).toBeUndefined();
    expect(readRefusal({ tool, state: { input } })).toBeUndefined();
  });
});

/** A call that was refused, as opencode tells of it. */
function refused(command: string, sessionID: string, callID: string): HostEvent {
  const state = { status: "error", error: REJECTED, input: { command } };
  const part = { id: `prt_${callID}`, type: "tool", callID, tool: "bash", state };
  return readHostEvent({ type: "message.part.updated", properties: { sessionID, part } } as { type: string })!;
}

const ASKED = {
  type: "permission.asked",
  properties: {
    ...{ id: "per_1", sessionID: SUB, permission: "external_directory", patterns: ["/etc/*", "/usr/*"] },
    tool: { messageID: "msg_1", callID: "call_2" },
  },
};

test("refused calls are told once each, the agent's own apart from its subagents', with what was asked for", () => {
  const telemetry = new TelemetryState(OWN, 0, "/project");
  const asked = readHostEvent(ASKED)!;
  for (const event of [
    refused("rm a", OWN, "call_1"),
    asked,
    refused("ls /etc", SUB, "call_2"),
    refused("rm a", OWN, "call_3"),
  ]) {
    telemetry.apply(event, 0);
  }
  expect(telemetry.report(0).refusals).toEqual([
    { call: "bash: rm a", asked: null, isOwn: true },
    { call: "bash: ls /etc", asked: "external_directory: /etc/*, /usr/*", isOwn: false },
  ]);
  for (let each = 0; each < 100; each++) telemetry.apply(refused(`rm ${each}`, OWN, `call_x${each}`), 0);
  expect(telemetry.report(0).refusals).toHaveLength(20);
});

const rule = (pattern: string, permission = "external_directory") => ({ permission, pattern });

describe("a question", () => {
  const answers: string[] = [];
  const answering = {
    replyPermission: async (id: string, reply: string, message?: string) =>
      void answers.push(`${reply} ${id} ${message}`),
    rejectQuestion: async (id: string) => void answers.push(`rejected ${id}`),
  };
  const question = { type: "question.asked", properties: { id: "que_1", sessionID: OWN, questions: [] } };

  const rules = { skipPermissions: false };
  const told = async (event: typeof ASKED | typeof question, given: PermissionRules) => {
    const { asked } = readQuestion(event)!;
    const reply = new QuestionJudge(given).judge(asked);
    if (reply !== undefined) await giveReply(answering, asked, reply);
  };

  test("is refused with a sentence, given where permissions are skipped, and dismissed where it is the user's", async () => {
    answers.length = 0;
    for (const skipPermissions of [false, true]) {
      for (const event of [ASKED, question]) await told(event, { skipPermissions, asks: skipPermissions });
    }
    const [no, yes] = [`reject per_1 ${NO_PERMISSION}`, "once per_1 undefined"];
    expect(answers).toEqual([no, "rejected que_1", yes, "rejected que_1"]);
    expect(readQuestion({ type: "permission.replied", properties: ASKED.properties })).toBe(undefined);
  });

  test("whether the same call may be made again is none: agents of this machine have it allowed", () => {
    const { asked } = readQuestion(ASKED)!;
    const again = { ...asked, permission: "doom_loop", patterns: ["bash"] };
    for (const asks of [false, true])
      expect(new QuestionJudge({ ...rules, asks }).judge(again)).toEqual({ kind: "once" });
  });

  test("is put before the user where one is there, but for what they have allowed for good", async () => {
    const { asked } = readQuestion(ASKED)!;
    const judged = (...allowed: ReturnType<typeof rule>[]) =>
      new QuestionJudge({ ...rules, asks: true, allowed }).judge(asked)?.kind;
    expect(asked).toMatchObject({ what: "external_directory: /etc/*, /usr/*", patterns: ["/etc/*", "/usr/*"] });
    expect(judged()).toBeUndefined();
    expect(judged(rule("/etc/*"))).toBeUndefined();
    expect(judged(rule("/etc/*", "bash"), rule("/usr/*"))).toBeUndefined();
    expect(judged(rule("/etc/*"), rule("/usr/*"))).toBe("once");
    expect(judged(rule("*"))).toBe("once");
  });

  test("that the user answers with always is not asked again; after one without an answer nobody waits", () => {
    const { asked } = readQuestion(ASKED)!;
    const judge = new QuestionJudge({ ...rules, asks: true });
    judge.learn(asked, { kind: "once" });
    expect(judge.judge(asked)).toBeUndefined();
    judge.learn({ ...asked, always: ["/etc/*", "/usr/*"] }, { kind: "always" });
    expect(judge.judge(asked)).toEqual({ kind: "once" });
    judge.learn(asked, { kind: "unanswered" });
    expect(judge.judge({ ...asked, permission: "bash" })).toEqual({ kind: "unanswered" });
    expect(judge.judge(asked)).toEqual({ kind: "once" });
  });

  test("of any session is answered inside the agent's own opencode, and a failure is told", async () => {
    answers.length = 0;
    const said: string[] = [];
    const role = {
      instanceId: "bgr_1",
      nonce: "0123456789abcdef",
      agent: "thor",
      sessionId: OWN,
      skipPermissions: false,
    };
    const { hooks } = startAgentRole({
      directory: "/project",
      role: { ...role, onExit: "finish" } as never,
      ...{ supervisorCheckMs: 1000, abortSession: async () => undefined, provideAgents: async () => undefined },
      writeStderr: (text) => void said.push(text),
      watchAnswers: () => ({ close() {} }),
      mayFinish: async () => false,
      answering: {
        ...answering,
        rejectQuestion: async () => {
          throw new Error("no answer");
        },
      },
    });
    await hooks.event({ event: ASKED as never });
    expect(answers).toEqual([`reject per_1 ${NO_PERMISSION}`]);
    await hooks.event({ event: question as never });
    await Promise.resolve();
    expect(said.at(-1)).toBe("bizar: no answer\n");
    await hooks.dispose();
  });
});
