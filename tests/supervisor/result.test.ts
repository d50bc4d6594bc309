import { describe, expect, test } from "bun:test";
import { composeResult, lastMessageOf } from "../../src/supervisor/result.ts";

describe("what is stored of a turn, and what is shown of it", () => {
  const cases: [what: string, headers: (string | undefined)[], words: string[], text: string, last: string][] = [
    ["one message", [], ["A."], "A.", "A."],
    ["several messages", [], ["A.", "B\n\nC."], "A.\n\nB\n\nC.", "B\n\nC."],
    ["nothing", [], [], "", ""],
    ["a header", ["[guard]"], ["A.", "B."], "[guard]\nA.\n\nB.", "[guard]\nB."],
    [
      "two headers, and one that is absent",
      ["[one]", undefined, "[two]"],
      ["A."],
      "[one]\n[two]\nA.",
      "[one]\n[two]\nA.",
    ],
    ["a header and no word", ["[guard]"], [], "[guard]", "[guard]"],
    ["an emoji before the last message", ["[🦉]"], ["🦊🦊", "B."], "[🦉]\n🦊🦊\n\nB.", "[🦉]\nB."],
  ];
  for (const [what, headers, words, text, last] of cases) {
    test(what, () => {
      const result = composeResult(headers, words);
      expect([result.text, lastMessageOf(result.text, result.kept.resultParts)]).toEqual([text, last]);
      expect(result.kept.resultPreview).toBe(text === "" ? null : text);
    });
  }

  test("a result that nobody wrote the parts of is shown whole", () => {
    expect([lastMessageOf("A.\n\nB.", null), lastMessageOf("A.\n\nB.", undefined)]).toEqual(["A.\n\nB.", "A.\n\nB."]);
  });

  test("the preview is the last 200 characters", () => {
    expect(composeResult([], ["x".repeat(300), "y".repeat(100)]).kept.resultPreview).toHaveLength(200);
  });
});
