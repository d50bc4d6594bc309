import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { NO_PERMISSION } from "../../../src/agent-role/questions.ts";
import { renderRunEvent, renderToolStart } from "../../../src/backends/log-lines.ts";
import { parseRunEvent } from "../../../src/backends/run-event.ts";

const timestamp = Date.parse("2026-01-02T03:04:05.678Z");
const zone = process.env["TZ"];

beforeAll(() => void (process.env["TZ"] = "UTC"));
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

function rendered(type: string, extra: Record<string, unknown>): string[] | undefined {
  return renderRunEvent(parseRunEvent(JSON.stringify({ type, timestamp, sessionID: "ses_1", ...extra }))!);
}

const tool = (name: string, state: Record<string, unknown>) => ({ part: { tool: name, state } });
const step = (cost: number) => ({ part: { reason: "stop", tokens: { input: 1200, output: 34 }, cost } });

describe("what a reader of the log sees", () => {
  const cases: [what: string, type: string, extra: Record<string, unknown>, lines: string[] | undefined][] = [
    ["text", "text", { part: { text: "Found it." } }, ["03:04:05 text  Found it."]],
    [
      "text of several lines",
      "text",
      { part: { text: "Found it:\n\n- here\r\n- there" } },
      ["03:04:05 text  Found it:", "               ", "               - here", "               - there"],
    ],
    ["no text", "text", { part: { text: "" } }, ["03:04:05 text  "]],
    ["thoughts", "reasoning", { part: { text: "Let me see." } }, ["03:04:05 think Let me see."]],
    [
      "a tool with its title and how long it took",
      "tool_use",
      tool("bash", { status: "completed", title: "List files", input: {}, time: { start: 1000, end: 2234 } }),
      ["03:04:05 tool  bash  List files  ok  1.2 s"],
    ],
    [
      "a tool that took long, without a title",
      "tool_use",
      tool("read", { status: "completed", title: "", input: { filePath: "/a b" }, time: { start: 0, end: 65_432 } }),
      ["03:04:05 tool  read  /a b  ok  65 s"],
    ],
    [
      "a file that is named from the root, since the folder has no git",
      "tool_use",
      tool("read", { status: "completed", title: "tmp/shop/src/a.ts", input: { filePath: "src/a.ts" } }),
      ["03:04:05 tool  read  src/a.ts  ok"],
    ],
    [
      "the same, asked for with its whole path",
      "tool_use",
      tool("read", { status: "completed", title: "tmp/shop/src/a.ts", input: { filePath: "/tmp/shop/src/a.ts" } }),
      ["03:04:05 tool  read  /tmp/shop/src/a.ts  ok"],
    ],
    [
      "a file of a folder with git, asked for with its whole path",
      "tool_use",
      tool("read", { status: "completed", title: "src/a.ts", input: { filePath: "/tmp/shop/src/a.ts" } }),
      ["03:04:05 tool  read  src/a.ts  ok"],
    ],
    [
      "a tool that failed",
      "tool_use",
      tool("edit", { status: "error", title: "a.ts", error: "File not found:\n/a.ts" }),
      ["03:04:05 tool  edit  a.ts  ERROR", "               File not found:", "               /a.ts"],
    ],
    [
      "a call that nobody could allow",
      "tool_use",
      tool("bash", {
        status: "error",
        title: "rm a",
        error: "The user rejected permission to use this specific tool call.",
      }),
      ["03:04:05 tool  bash  rm a  ERROR", `               ${NO_PERMISSION}`],
    ],
    [
      "a title of several lines",
      "tool_use",
      tool("bash", { status: "completed", title: "one\ntwo" }),
      ["03:04:05 tool  bash  one…  ok"],
    ],
    [
      "a long title",
      "tool_use",
      tool("bash", { status: "completed", title: "x".repeat(200) }),
      [`03:04:05 tool  bash  ${"x".repeat(120)}…  ok`],
    ],
    ["a step that cost nothing", "step_finish", step(0), ["03:04:05 step  stop (1200 tokens in, 34 out)"]],
    ["a step and its price", "step_finish", step(0.01234), ["03:04:05 step  stop (1200 tokens in, 34 out, $0.0123)"]],
    [
      "an error",
      "error",
      { error: { name: "APIError", data: { message: "boom happened", statusCode: 401 } } },
      ["03:04:05 ERROR APIError: boom happened"],
    ],
    ["an error without words", "error", { error: { name: "Odd" } }, ["03:04:05 ERROR Odd: no message"]],
    ["the start of a step tells nothing", "step_start", {}, undefined],
  ];
  for (const [what, type, extra, lines] of cases) {
    test(what, () => expect(rendered(type, extra)).toEqual(lines as string[]));
  }

  test("the start of a tool call", () => {
    const report = { call: "prt_a", tool: "bash", state: "started", what: "bun test", at: timestamp } as const;
    expect(renderToolStart(report)).toBe("03:04:05 start bash  bun test");
  });
});

test("a rendered line has no line end in it", () => {
  const all = [
    rendered("text", { part: { text: "a\nb\r\nc\n" } }),
    rendered("tool_use", tool("bash", { status: "error", title: "a\nb", error: "c\r\nd\n" })),
    rendered("error", { error: { name: "A", data: { message: "b\nc" } } }),
  ];
  expect(all.flat().filter((line) => /[\r\n]/.test(line ?? ""))).toEqual([]);
});
