import { describe, expect, test } from "bun:test";
import { turnsOf, type ListedMessage } from "../../src/opencode/turns.ts";

/** A message of the session `ids` in its order, at the second of its place. */
type Given = Omit<Partial<ListedMessage["info"]>, "role" | "id"> & { readonly parts?: readonly object[] };

const text = (words: string, more: object = {}) => ({ type: "text", text: words, ...more });
const user = (...parts: object[]) => ({ role: "user", parts });
const ask = (words = "Go.") => user(text(words));
const answer = (words: string | readonly string[], given: Given = {}) => ({
  ...{ role: "assistant", finish: "stop", parts: [words].flat().map((each) => text(each)), ...given },
});
const step = (words: string) => answer(words, { finish: "tool-calls" });
const compaction = (auto = true) => user({ type: "compaction", auto });
const summary = (words = "SUMMARY") => answer(words, { summary: true });
const goOn = user(text("Continue if you have next steps.", { synthetic: true }));

/** Each message is a second long, and comes a second after the one before; its id is its place. */
function listed(given: readonly ({ readonly role: string } & Given)[]): ListedMessage[] {
  return given.map(({ parts = [], ...info }, at) => {
    const created = 1000 * (at + 1);
    const time = info.role === "user" ? { created } : { created, completed: created + 500 };
    return { info: { id: `msg_${at}`, time, ...info }, parts: parts as ListedMessage["parts"] };
  });
}

/** What is made of them: of each turn the words, and a mark where it was not finished. */
function read(given: Parameters<typeof listed>[0], ...prompts: number[]): string[][] {
  const known = new Set(prompts.map((at) => `msg_${at}`));
  return turnsOf(listed(given), known).map(({ words, finished }) => [...words, ...(finished ? [] : ["(unfinished)"])]);
}

const killed = { time: { created: 2000 }, finish: undefined };
const aborted = { error: { name: "MessageAbortedError" } };
const overflow = { error: { name: "ContextOverflowError" }, finish: undefined };

describe("the turns of a session", () => {
  const cases: [what: string, messages: Parameters<typeof listed>[0], turns: string[][]][] = [
    ["no messages", [], []],
    ["one question and its answer", [ask(), answer("A.")], [["A."]]],
    ["a question without an answer", [ask()], [["(unfinished)"]]],
    ["several steps are one turn", [ask(), step("A."), answer(["B.", "C."])], [["A.", "B.\n\nC."]]],
    ["two turns", [ask(), answer("A."), ask(), answer("B.")], [["A."], ["B."]]],
    ["one that was killed", [ask(), answer("A", killed)], [["A", "(unfinished)"]]],
    ["one that was left between two steps", [ask(), step("A.")], [["A.", "(unfinished)"]]],
    ["one that was aborted", [ask(), answer("A.", aborted)], [["A.", "(unfinished)"]]],
    ["an answer cut by its length", [ask(), answer("A", { finish: "length" })], [["A"]]],
    ["an answer without a question", [answer("A.")], []],
    ["blank texts are no words", [ask(), step(" \n"), answer("")], [[]]],
    ["only text is text", [ask(), answer("", { parts: [{ type: "reasoning", text: "Hm." }, text("A.")] })], [["A."]]],
    ["tags of a user's plugin", [ask(), answer("A.<dcp-message-id>m1</dcp-message-id>")], [["A."]]],
  ];
  for (const [what, messages, turns] of cases) test(what, () => expect(read(messages)).toEqual(turns));
});

const call = (tool: string, input: object, state: object = { status: "completed" }, id = tool) => ({
  ...{ type: "tool", id, tool, state: { ...state, input } },
});

test("what the calls of a turn did is told with it, and nothing of what the host called", () => {
  const path = { cwd: "/project", root: "/" };
  const write = call("write", { filePath: "/project/src/a.ts" });
  const denied = "The user has specified a rule which prevents you from using this specific tool call";
  const bash = call("bash", { command: "rm x" }, { status: "error", error: denied });
  const open = call("edit", { filePath: "b.ts" }, { status: "running" });
  const [first, second] = turnsOf(
    listed([
      ask(),
      answer("A.", { parts: [write, bash], ...{ path } }),
      ask(),
      answer("B.", { parts: [open], ...{ path } }),
    ]),
  );
  expect(first?.deeds).toEqual({
    ...{ changedFiles: ["src/a.ts"], moreChangedFiles: 0, refused: ["bash: rm x"] },
    lastCalls: ["write: /project/src/a.ts", "bash: rm x"],
  });
  expect(second?.deeds).toMatchObject({ changedFiles: [], lastCalls: ["edit: b.ts"] });
});

describe("what the host and plugins put in between begins no turn, and is nobody's words", () => {
  const cases: [what: string, messages: Parameters<typeof listed>[0], turns: string[][]][] = [
    ["a compaction", [ask(), step("I look."), compaction(), summary(), goOn, answer("FINAL")], [["I look.", "FINAL"]]],
    [
      "a compaction, and nothing said after it",
      [ask(), step("I look."), compaction(), summary(), goOn, answer("")],
      [["I look."]],
    ],
    [
      "two compactions",
      [ask(), step("A."), compaction(), summary(), goOn, step("B."), compaction(), summary(), goOn, answer("C.")],
      [["A.", "B.", "C."]],
    ],
    [
      "a compaction after an answer that seemed the last",
      [ask(), answer("A."), compaction(), summary(), goOn, answer("B.")],
      [["A.", "B."]],
    ],
    [
      "the end of the host right after the summary",
      [ask(), step("A."), compaction(), summary()],
      [["A.", "(unfinished)"]],
    ],
    [
      "the same, after an answer that seemed the last",
      [ask(), answer("A."), compaction(), summary()],
      [["A.", "(unfinished)"]],
    ],
    ["the same, before the summary", [ask(), answer("A."), compaction()], [["A.", "(unfinished)"]]],
    [
      "the same, before the agent went on",
      [ask(), answer("A."), compaction(), summary(), goOn],
      [["A.", "(unfinished)"]],
    ],
    [
      "a prompt that was too long",
      [ask(), step("A."), answer("", overflow), compaction(), summary(), goOn, answer("B.")],
      [["A.", "B."]],
    ],
    [
      "a compaction that the user asked for, after the end",
      [ask(), answer("A."), compaction(false), summary()],
      [["A."]],
    ],
    [
      "and what is asked next",
      [ask(), answer("A."), compaction(false), summary(), ask(), answer("B.")],
      [["A."], ["B."]],
    ],
    [
      "a note of a plugin",
      [ask(), step("A."), user(text("an agent has ended", { synthetic: true })), answer("B.")],
      [["A.", "B."]],
    ],
    ["the answer of a slash command", [ask(), answer("A."), user(text("usage", { ignored: true }))], [["A."]]],
    [
      "synthetic words in an answer",
      [ask(), answer("", { parts: [text("A."), text("not mine", { synthetic: true })] })],
      [["A."]],
    ],
    ["a message without parts", [ask(), answer("A."), user()], [["A."]]],
    [
      "a question with a file, whose content the host adds",
      [user(text("Go."), text("the file", { synthetic: true })), answer("A.")],
      [["A."]],
    ],
  ];
  for (const [what, messages, turns] of cases) test(what, () => expect(read(messages)).toEqual(turns));
});

test("a message that is known to be a prompt begins a turn, whatever has become of its parts", () => {
  const replaced = user(text("something else", { synthetic: true }));
  expect(read([replaced, answer("A."), replaced, answer("B.")])).toEqual([]);
  expect(read([replaced, answer("A."), replaced, answer("B.")], 0, 2)).toEqual([["A."], ["B."]]);
});

describe("what somebody writes while a turn goes on is seen by its next step: it is the same turn", () => {
  test("between two steps, and during the last one", () => {
    expect(read([ask(), step("A."), ask("Mind the tests."), answer("B.")])).toEqual([["A.", "B."]]);
    const late = { time: { created: 1500, completed: 3500 } };
    expect(read([ask(), answer("A.", late), ask("And the docs."), answer("B.")])).toEqual([["A.", "B."]]);
  });

  test("but not after a turn that was cut short, nor where it is known to be a prompt", () => {
    expect(read([ask(), answer("A.", aborted), ask(), answer("B.")])).toEqual([["A.", "(unfinished)"], ["B."]]);
    expect(read([ask(), answer("A.", killed), ask(), answer("B.")])).toEqual([["A.", "(unfinished)"], ["B."]]);
    expect(read([ask(), step("A."), ask(), answer("B.")], 2)).toEqual([["A.", "(unfinished)"], ["B."]]);
  });
});

test("each turn names its message, when that came, and which answers are the agent's own", () => {
  const [turn] = turnsOf(listed([ask(), step("A."), compaction(), summary(), goOn, answer("B.")]));
  expect(turn).toMatchObject({ messageId: "msg_0", askedAt: 1000, ownMessages: ["msg_1", "msg_5"] });
});

test("a prompt of which only the time is known begins a turn, also behind one that was cut short between two steps", () => {
  const messages = listed([ask(), step("A."), ask(), step("B."), ask("By the way."), answer("C.")]);
  const words = (since?: number) => turnsOf(messages, new Set(), since).map((turn) => turn.words);
  expect(words()).toEqual([["A.", "B.", "C."]]);
  expect(words(3000)).toEqual([["A."], ["B.", "C."]]);
});
