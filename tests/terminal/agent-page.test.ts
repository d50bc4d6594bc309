import { expect, test } from "bun:test";
import { bodyLines, nextMatch, wrapped } from "../../src/terminal/agent-page.ts";
import { plain, width } from "../../src/terminal/lines.ts";
import { transcriptLines } from "../../src/terminal/transcript.ts";

const part = (given: object) => given as Parameters<typeof transcriptLines>[0][number]["parts"][number];
const line = (text: string) => ({ text, tone: "text" as const });

test("long lines go on in the next one, wide signs and all, and no text moves the cursor", () => {
  const lines = wrapped([line("x".repeat(25)), line("世".repeat(8)), line("a\u001b[2Jb\tc"), line("")], 10);
  expect(lines.map(({ text }) => text).filter((text) => width(text) > 10)).toEqual([]);
  expect(lines.slice(0, 3).map(({ text }) => text)).toEqual(["x".repeat(10), "x".repeat(10), "xxxxx"]);
  expect(lines.map(({ text }) => text).join("")).toContain("a\\x1b[2Jb  c");
});

test("the body has as many lines as there is room, and what is searched for stands out", () => {
  const body = bodyLines([line("one"), line("two"), line("Three")], { top: 1, search: "three", height: 4 });
  expect(body.map(plain)).toEqual(["two", "Three", "", ""]);
  expect(body.map((each) => each.some(({ isChosen }) => isChosen))).toEqual([false, true, false, false]);
});

test("a search begins again at the top, and finds nothing where nothing is", () => {
  const lines = [line("a b"), line("c"), line("B")];
  expect(nextMatch(lines, "b", -1)).toBe(0);
  expect(nextMatch(lines, "b", 0)).toBe(2);
  expect(nextMatch(lines, "b", 2)).toBe(0);
  expect(nextMatch(lines, "x", 0)).toBeUndefined();
  expect(nextMatch(lines, "", 0)).toBeUndefined();
});

test("a transcript tells prompts, words, calls with their arguments, and why one failed", () => {
  const input = { command: "bun test", description: "Runs the tests" };
  const lines = transcriptLines([
    { info: { role: "user" }, parts: [part({ type: "text", text: "Test it.\n" })] },
    {
      info: { role: "assistant" },
      parts: [
        part({ type: "reasoning", text: "How?" }),
        part({ type: "tool", tool: "bash", state: { status: "running", input } }),
        part({ type: "tool", tool: "read", state: { status: "error", input: { filePath: "/x" }, error: "No file" } }),
        part({ type: "step-finish" }),
        part({ type: "text", text: "Done." }),
      ],
    },
  ]);
  expect(lines.map(({ text }) => text)).toEqual([
    ...["> Test it.", "", "How?", "◐ bash: bun test", "✗ read: /x", "  No file", "Done.", ""],
  ]);
});
