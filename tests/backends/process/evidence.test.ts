import { describe, expect, test } from "bun:test";
import { EvidenceCollector } from "../../../src/backends/evidence.ts";
import type { HostFact } from "../../../src/backends/host-fact.ts";
import { parseRunEvent, type RunEvent } from "../../../src/backends/run-event.ts";
import { readStderrLine } from "../../../src/backends/process/stderr-reader.ts";
import { judge } from "../../../src/supervisor/outcome.ts";
import { exited } from "../../supervisor/sample-instance.ts";

function event(type: string, extra: Record<string, unknown> = {}): RunEvent {
  return parseRunEvent(JSON.stringify({ type, timestamp: 1, sessionID: "ses_1", ...extra }))!;
}

const text = (words: string) => event("text", { part: { text: words } });
const finish = (reason: string) => event("step_finish", { part: { reason, tokens: {} } });
const rejectedTool = event("tool_use", {
  part: {
    tool: "bash",
    state: { status: "error", error: "The user rejected permission to use this specific tool call." },
  },
});
const task = event("tool_use", { part: { tool: "task", state: { status: "completed" } } });
const unexplained = event("error", { error: { name: "UnknownError", data: { message: "Unexpected server error" } } });
const apiError = event("error", { error: { name: "APIError", data: { message: "boom happened", statusCode: 401 } } });

const permissionLine = "! permission requested: bash (echo 1); auto-rejecting";
const fallbackLine = '! agent "zzz" not found. Falling back to default agent';
const hostLog = (error: string) =>
  `timestamp=2026-11-20T23:51:38.410Z level=ERROR run=1 message=failed error="${error}"`;
const modelLine = hostLog("ProviderModelNotFoundError: Model not found: a/b.");

/** Events of stdout and lines of stderr, in the order in which they came. */
function collected(...seen: (RunEvent | string)[]): EvidenceCollector {
  const collector = new EvidenceCollector();
  for (const each of seen) {
    if (typeof each !== "string") collector.happened(each);
    else collector.told(readStderrLine("0123456789abcdef", each) as HostFact, each);
  }
  return collector;
}

describe("what is made of it", () => {
  const cases: [what: string, exitCode: number, seen: (RunEvent | string)[], status: string, reason?: string][] = [
    ["a good end", 0, [text("a"), finish("stop")], "done"],
    ["a good end after a tool", 0, [finish("tool-calls"), text("a"), finish("stop")], "done"],
    ["a tool call and no more", 0, [text("a"), finish("tool-calls")], "failed", "session_error"],
    ["a refused permission", 0, [permissionLine, rejectedTool, finish("tool-calls")], "failed", "permission_denied"],
    ["a refused permission without a step", 0, [permissionLine], "failed", "permission_denied"],
    ["a refused permission in a subagent, and on", 0, [permissionLine, text("a"), finish("stop")], "done"],
    ["a refused permission, on, and no word", 0, [permissionLine, finish("stop")], "failed", "permission_denied"],
    ["a refused call, then words", 0, [permissionLine, rejectedTool, text("a"), finish("stop")], "done"],
    [
      "words, and their refusal's line behind them",
      0,
      [rejectedTool, text("a"), finish("stop"), permissionLine],
      "done",
    ],
    ["words, then a refused call", 0, [text("a"), rejectedTool, finish("stop")], "failed", "permission_denied"],
    ["a subagent's, then no word", 0, [text("a"), permissionLine, task, finish("stop")], "failed", "permission_denied"],
    ["a subagent's, then words", 0, [task, text("a"), finish("stop"), permissionLine], "done"],
    ["a refused call, then a provider's error", 1, [rejectedTool, apiError], "failed", "session_error"],
    ["an error that was overcome", 0, [apiError, text("a"), finish("stop")], "done"],
    ["an error in the end", 1, [text("a"), finish("stop"), apiError], "failed", "session_error"],
    ["an unknown model", 1, [modelLine, unexplained], "failed", "model_unknown"],
    ["another agent, whatever came of it", 0, [fallbackLine, text("a"), finish("stop")], "failed", "agent_unknown"],
    ["such words later, from somewhere else", 0, [text("a"), fallbackLine, finish("stop")], "done"],
    ["nothing but an exit", 2, [], "failed", "exit_nonzero"],
  ];
  for (const [what, exitCode, seen, status, reason] of cases) {
    test(`${what}: ${status}${reason === undefined ? "" : `, ${reason}`}`, () => {
      const outcome = judge(collected(...seen).conclude(exited(exitCode)));
      expect(`${outcome.status} ${outcome.reason}`).toBe(`${status} ${reason}`);
    });
  }
});

/** A text and the end of its step, of one message. */
function message(messageID: string, words: string, reason: string): RunEvent[] {
  const part = { messageID, text: words };
  return [event("text", { part }), event("step_finish", { part: { messageID, reason, tokens: {} } })];
}

describe("of messages that are not the agent's own neither the words nor the end count", () => {
  const own = message("msg_2", "I look.", "tool-calls");
  const summary = message("msg_4", "SUMMARY", "stop");
  const overflow = event("error", { error: { name: "ContextOverflowError", data: { message: "too long" } } });
  const final = message("msg_6", "FINAL", "stop");
  const cases: [what: string, exitCode: number, seen: (RunEvent | string)[], words: string[], outcome: string][] = [
    ["a compaction", 0, [...own, ...summary, ...final], ["I look.", "FINAL"], "done undefined"],
    ["and nothing after it", 0, [...own, ...summary, ...message("msg_6", "", "stop")], ["I look."], "done undefined"],
    ["an end right after it", 0, [...own, ...summary], ["I look."], "failed session_error"],
    [
      "an overflow that was overcome",
      1,
      [...own, overflow, ...summary, ...final],
      ["I look.", "FINAL"],
      "done undefined",
    ],
    ["an overflow that was not", 1, [...own, overflow, ...summary], ["I look."], "failed context_exhausted"],
    [
      "two overflows, the last in the end",
      1,
      [overflow, ...summary, ...own, overflow],
      ["I look."],
      "failed context_exhausted",
    ],
    ["a crash after an overflow was overcome", 139, [overflow, ...summary, ...final], ["FINAL"], "done undefined"],
    ["an exit code that nothing explains", 1, [...summary, ...final], ["FINAL"], "failed exit_nonzero"],
    [
      "a refused permission before it, and no word since",
      0,
      [permissionLine, ...summary, ...message("msg_6", "", "stop")],
      [],
      "failed permission_denied",
    ],
  ];
  for (const [what, exitCode, seen, words, expected] of cases) {
    test(what, () => {
      const collector = collected(...seen);
      collector.disown("msg_4");
      const evidence = collector.conclude(exited(exitCode));
      const { status, reason } = judge(evidence);
      expect([evidence.words, `${status} ${reason}`]).toEqual([words, expected]);
    });
  }

  test("told at once as well as later", () => {
    const collector = new EvidenceCollector();
    for (const each of summary) collector.happened(each, false);
    for (const each of final) collector.happened(each);
    expect(collector.words()).toEqual(["FINAL"]);
  });

  test("nor do texts that the host or a plugin put into a message of the agent's own", () => {
    const part = { messageID: "msg_2", text: "not said" };
    const marked = [{ synthetic: true }, { ignored: true }].map((more) =>
      event("text", { part: { ...part, ...more } }),
    );
    expect(collected(...own, ...marked).words()).toEqual(["I look."]);
  });
});

test("the texts of one message are one; messages stand in their order, whenever they were heard of", () => {
  const heard = [...message("msg_6", "FINAL", "stop"), ...message("msg_2", "I look.", "tool-calls")];
  const collector = collected(...heard, event("text", { part: { messageID: "msg_6", text: "And more." } }));
  expect(collector.words()).toEqual(["I look.", "FINAL\n\nAnd more."]);
  expect(collector.conclude(exited(0)).finish).toBe("stop");
});

test("texts are joined by blank lines, in their order", () => {
  expect(collected(text("one"), text(""), finish("tool-calls"), text("two\n")).words()).toEqual(["one\n\ntwo\n"]);
});

test("text without an end is cut, and said to be", () => {
  const collector = new EvidenceCollector();
  const mebibyte = text("x".repeat(1_048_576));
  for (let each = 0; each < 40 && !collector.isIncomplete; each++) collector.happened(mebibyte);
  expect(collector.isIncomplete).toBe(true);
  const words = collector.words().join("").length;
  collector.happened(mebibyte);
  expect(collector.words().join("")).toHaveLength(words);
});

test("a line of stdout that was cut makes the text incomplete", () => {
  const collector = collected(text("a"));
  collector.textCut();
  expect([collector.words(), collector.isIncomplete]).toEqual([["a"], true]);
});

test("a refused permission names the tool that asked, and what it asked for", () => {
  const { permissionRejected } = collected(permissionLine, rejectedTool).conclude(exited(0));
  expect(permissionRejected).toEqual({ tool: "bash", detail: "bash: echo 1" });
  const external = "! permission requested: external_directory (/etc/*); auto-rejecting";
  expect(collected(external, rejectedTool).conclude(exited(0)).permissionRejected).toEqual({
    tool: "bash",
    detail: "external_directory: /etc/*",
  });
});

test("where the plugin inside speaks, it tells what was asked for, and of a subagent's calls", () => {
  const own = collected(rejectedTool);
  own.refusedSoFar([{ call: "bash", asked: "external_directory: /etc/*", isOwn: true }]);
  expect(own.conclude(exited(0)).permissionRejected).toEqual({ tool: "bash", detail: "external_directory: /etc/*" });
  const below = collected(task, finish("stop"));
  below.refusedSoFar([{ call: "bash: rm a", asked: null, isOwn: false }]);
  expect(below.conclude(exited(0)).permissionRejected).toEqual({ tool: "task", detail: "bash: rm a" });
  const spoken = collected(task, text("It could not."), finish("stop"));
  spoken.refusedSoFar([{ call: "bash: rm a", asked: null, isOwn: false }]);
  expect(judge(spoken.conclude(exited(0)))).toEqual({ status: "done" });
});

test("an error of the session has its name, its HTTP status and its words", () => {
  expect(collected(apiError).conclude(exited(1)).sessionError).toBe("APIError (HTTP 401): boom happened");
});

test("where opencode gives no cause, its log does", () => {
  const { sessionError } = collected(hostLog("the disk is full"), unexplained).conclude(exited(1));
  expect(sessionError).toBe("the disk is full");
});

describe("the last words", () => {
  test("are the last three errors of the log", () => {
    const seen = ["stray", ...["a", "b", "c", "d"].map(hostLog)];
    expect(collected(...seen).conclude(exited(1)).lastErrorLines).toEqual(["b", "c", "d"]);
  });

  test("are other lines where the log has none, without colours and blank ones", () => {
    const seen = ["\x1b[31mError: no config\x1b[0m", "   ", hostLog("x").replace("ERROR", "INFO")];
    expect(collected(...seen).conclude(exited(1)).lastErrorLines).toEqual(["Error: no config"]);
  });

  test("are short", () => {
    expect(collected("x".repeat(100_000)).conclude(exited(1)).lastErrorLines[0]!.length).toBeLessThanOrEqual(500);
  });
});

test("how the process ended is kept", () => {
  expect(collected().conclude(exited(null, "SIGKILL"))).toMatchObject({ cause: exited(null, "SIGKILL") });
});
