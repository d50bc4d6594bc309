import { describe, expect, test } from "bun:test";
import { TextRepetition } from "../../src/guard/text-repetition.ts";

/** Whether the text is found to loop, when it comes in deltas of this many characters. */
function loops(text: string, deltaCharacters: number): boolean {
  const repetition = new TextRepetition();
  let found = false;
  for (let at = 0; at < text.length; at += deltaCharacters) {
    found = repetition.push(text.slice(at, at + deltaCharacters)) || found;
  }
  return found;
}

const prose = `The parser reads one line at a time and keeps what it has not understood yet. When a line ends in a
backslash, the next one belongs to it. Comments are dropped before that, so a backslash inside a comment joins nothing.
I looked at the three callers: two of them pass a whole file, and the third passes what a user typed. `;
const german = "Ich sehe mir die Datei noch einmal an, denn der Fehler muss in der Schleife liegen. ";
const chinese = "我需要再看一遍这个文件，因为错误一定在循环里面。";
const times = (count: number, text: string) => text.repeat(count);
const counted = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("");

const looping: [what: string, text: string][] = [
  ["one sentence", times(12, "I should check the configuration file once more. ")],
  [
    "a sentence after much prose",
    counted(30, (i) => `Step ${i}: ${prose}`) + times(12, "Let me check that again now. "),
  ],
  ["two sentences that take turns", times(12, "Maybe it is the cache. But no, it may be the index. ")],
  ["a whole paragraph", times(5, `${prose}\n\n`)],
  [
    "a long passage of many sentences",
    times(5, prose.repeat(1) + german + chinese + prose.toUpperCase().slice(0, 200)),
  ],
  [
    "other white space, case and punctuation",
    counted(40, (i) => (i % 2 === 0 ? "Let me think again.\n" : "  let me THINK again! ")),
  ],
  ["no sentence at all", times(60, "and then I check the file and then ")],
  ["one word", times(200, "wait ")],
  ["one short sentence without end", times(400, "No. ")],
  ["German", times(12, german)],
  ["Chinese", times(30, chinese)],
  ["Chinese without any punctuation", times(60, "我再检查一下文件")],
  ["lines with bold words", times(20, "**Considering the options** I think it over.\n")],
  [
    "a loop after a closed code block",
    `\`\`\`ts\nconst a = 1;\n\`\`\`\n${times(30, "Now I look at the tests again. ")}`,
  ],
];

const legitimate: [what: string, text: string][] = [
  ["prose", prose],
  ["long prose", counted(40, (i) => `In chapter ${i} ${prose.slice(i)}`)],
  ["a figure of speech", `No. No. No. That is not how it works. ${prose}`],
  ["a sentence said three times", `${times(3, "I should check the configuration file once more. ")}${prose}`],
  ["a count of tries", counted(40, (i) => `Attempt ${i} failed with the same error as before. `)],
  ["a code block", `\`\`\`\n${times(100, "  console.log(value);\n")}\`\`\`\n${prose}`],
  ["a code block with tildes", `~~~\n${times(100, "```\nsame line of code\n")}~~~\n`],
  ["indented code", times(100, "    push(value);\n")],
  ["a table", times(100, "| name | ok | none |\n")],
  ["a list", times(100, "- checked, nothing found\n")],
  ["a list of stars, indented", times(100, "  * checked, nothing found\n")],
  ["a numbered list", times(100, "1. checked, nothing found\n")],
  ["a quote", times(100, "> checked, nothing found\n")],
  ["headings", times(100, "## Findings\n\n")],
  ["headings of a low level", times(100, "###### Findings\n\n")],
  ["a list of more than a hundred", counted(100, () => "101. checked, nothing found\n")],
  [
    "a code block of Markdown with a code block",
    `\`\`\`\`md\n\`\`\`\n${times(100, "same line of code\n")}\`\`\`\n\`\`\`\`\n`,
  ],
  [
    "a code block of Markdown after one with a code block",
    times(20, `\`\`\`\`md\n\`\`\`\nfirst\n\`\`\`\nand the same words again\n\`\`\`\`\n`),
  ],
  ["rules between sections", times(20, `${"-".repeat(400)}\n`)],
  ["rows of figures", times(400, "0.0, 0.0, 0.0, ")],
  ["German", counted(20, (i) => `Datei ${i}: ${german.slice(i)}`)],
  ["Chinese", counted(40, (i) => `第${i}步：${chinese}`)],
  ["an empty text", ""],
];

for (const deltaCharacters of [1, 4, 10_240]) {
  describe(`deltas of ${deltaCharacters} characters`, () => {
    for (const [what, text] of looping) {
      test(`a loop: ${what}`, () => expect(loops(text, deltaCharacters)).toBe(true));
    }
    for (const [what, text] of legitimate) {
      test(`no loop: ${what}`, () => expect(loops(text, deltaCharacters)).toBe(false));
    }
  });
}

test("it is found after a few hundred characters, not at the end of the text", () => {
  const repetition = new TextRepetition();
  const sentence = "I should check the configuration file once more. ";
  let laps = 1;
  while (!repetition.push(sentence) && laps < 1000) laps++;
  expect(laps).toBeGreaterThanOrEqual(4);
  expect(laps).toBeLessThanOrEqual(14);
});
