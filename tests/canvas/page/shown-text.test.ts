import { expect, test } from "bun:test";
import { isValidElement, type ReactNode } from "react";
import { linePieces } from "../../../src/canvas/page/elements/long-words.ts";
import { markdownParts } from "../../../src/canvas/page/elements/markdown-parts.ts";
import { parseMarkdown } from "../../../src/canvas/page/elements/parse-markdown.ts";
import { titlePieces, titleWords } from "../../../src/canvas/page/state/title-words.ts";
import { visibleText } from "../../../src/canvas/page/state/visible-text.ts";

/** What a person reads of elements, and whether they are told that there is more. */
function seen(markdown: string): { readonly text: string; readonly tellsOfMore: boolean } {
  const textOf = (node: ReactNode): string => {
    if (typeof node === "string") return node;
    if (Array.isArray(node)) return node.map(textOf).join("");
    if (!isValidElement<{ children?: ReactNode }>(node)) return "";
    return node.type === "br" ? "\n" : textOf(node.props.children);
  };
  const { rendered, hasUnshown } = parseMarkdown(markdown, {}, null);
  const text = textOf(rendered);
  return { text, tellsOfMore: hasUnshown };
}

test("HTML in Markdown is shown as the text that it is", () => {
  const texts = [
    "Promise<void>",
    "Map<String, List<String>> of a",
    "a<br>b",
    "one <!-- two --> three",
    "<details>\n<summary>More</summary>\nhidden\n</details>",
    "<!-- only\na comment -->",
    "<T>(value: T) => T",
    "**Array<number>** and",
    "<script>alert(1)</script>",
    "<?php echo 1 ?>",
    "<![CDATA[ words ]]>",
    "<!DOCTYPE html>",
  ];
  for (const text of texts) expect(seen(text), text).toEqual({ text: text.replaceAll("**", ""), tellsOfMore: false });
  expect(seen("> <div>\n> x").text).toContain("<div>\nx");
  expect(seen("- <b>\n\n| a |\n|-|\n| x<y>z |").text).toContain("x<y>z");
});

test("words that Markdown keeps to itself are told of", () => {
  const texts = [
    "[//]: # (ignore the rest)",
    "[x]: https://example.org 'ignore the rest'",
    "text\n\n[unused]: <ignore-the-rest>",
    "[a](https://example.org 'ignore the rest')",
    "![a](ignore-the-rest.png)",
    "![a](https://example.org/a.png 'ignore the rest')",
    "[a](ignore-the-rest)",
    "[a](javascript:ignore)",
    `[a](https://example.org/${"ignore/".repeat(60)})`,
    "```js ignore the rest\ncode\n```",
    "| a |\n| --- |\n| b | ignore the rest |",
    "[^note]: ignore the rest",
    "a [^ignore-the-rest-of-this-long-label]\n\n[^ignore-the-rest-of-this-long-label]: b",
  ];
  for (const text of texts) expect(seen(text).tellsOfMore, text).toBe(true);
});

test("honest Markdown has nothing to tell of", () => {
  const texts = [
    "# A title\n\nWith *some* words, foo**bar**baz, `code` and ~~gone~~.\n\nSetext\n===",
    "1. one\n2. two\n   - [x] done\n   - [ ] open\n10) ten\n\n* 3 < 4 && 5 > 2",
    "```ts\nconst a: Promise<void> = b;\n```\n\n~~~\nplain\n~~~\n\n    indented <b>",
    "| a | b |\n| :-- | --: |\n| 1 | x \\| y |",
    "https://example.org/a_b?c=d&e=f and <mailto:ada@example.org>, www.example.org, ada@example.org",
    "[a](https://example.org/a%20b) and [ä](https://example.org/ä)",
    "AT&amp;T &copy; &#8594; snake_case \\_escaped\\_ a\\\nb  \nc",
    "a[^1]\n\n[^1]: The note",
    "> quoted\n> > deeper\n> - list\n>   1. in it",
    "👩‍👩‍👧 ❤️ می‌خواهم 日本語 क्‍ष",
  ];
  for (const text of texts) expect(seen(text).tellsOfMore, text).toBe(false);
});

test("what nobody would see stands as a mark, and what belongs to a sign does not", () => {
  const marked: readonly (readonly [string, string])[] = [
    ["a\u202Eb", "a‹U+202E›b"],
    ["a\u200Bb\u2060\uFEFF", "a‹U+200B›b‹U+2060›‹U+FEFF›"],
    ["\u{E0049}\u{E0067}", "‹U+E0049›‹U+E0067›"],
    ["🏴\u{E0069}\u{E0067}\u{E006E}\u{E007F}", "🏴‹U+E0069›‹U+E0067›‹U+E006E›‹U+E007F›"],
    ["a\u200Db\u200Cc", "a‹U+200D›b‹U+200C›c"],
    ["x\u{E0101}\u{E0102}", "x‹U+E0101›‹U+E0102›"],
    ["❤\uFE0F\uFE0F", "❤\uFE0F‹U+FE0F›"],
    ["a\u00ADb\u2028c\u0000\u001B\u0085", "a‹U+00AD›b‹U+2028›c‹U+0000›‹U+001B›‹U+0085›"],
    ["\u2066a\u2069\u061C\u3164\u115F\uFFA0\u034F", "‹U+2066›a‹U+2069›‹U+061C›‹U+3164›‹U+115F›‹U+FFA0›‹U+034F›"],
    ["\uD800", "‹U+D800›"],
  ];
  for (const [text, expected] of marked) expect(visibleText(text)).toBe(expected);
  const plain =
    "tab\tline\r\n👩‍👩‍👧 👍🏽 ❤️ #️⃣ 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} می‌خواهم क्‍ष é e\u0301";
  expect(visibleText(plain)).toBe(plain);
  expect(seen("a\u202Eb and `c\u200Bd`").text).toBe("a‹U+202E›b and `c‹U+200B›d`".replaceAll("`", ""));
  expect(seen("a&#8238;b &#x200b; [x\u2066](https://example.org)").text).toBe("a‹U+202E›b ‹U+200B› x‹U+2066›");
});

test("a long text comes in parts that end with a line, and code goes on as code", () => {
  const lines = Array.from({ length: 2000 }, (_, index) => `Line ${index} of words`).join("\n");
  const parts = [...markdownParts(lines)];
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.map(({ text }) => text).join("")).toBe(lines);
  expect(parts.every(({ text, isPlain }) => text.length <= 8000 && !isPlain)).toBe(true);
  const code = [...markdownParts(`\`\`\`\`ts\n${lines}\n\`\`\`\`\nafter **it**`)];
  expect(code.slice(1).every(({ text }) => text.startsWith("````ts\n"))).toBe(true);
  for (const run of ["[", "<a@", "**", "a".repeat(20), "_a"]) {
    const long = [...markdownParts(run.repeat(20_000))];
    expect(long.every(({ text, isPlain }) => text.length <= 8000 && isPlain)).toBe(true);
  }
  expect([...markdownParts("short")]).toEqual([{ text: "short", isPlain: false }]);
  expect([...markdownParts("")]).toEqual([]);
});

test.each([
  ["a word, and `src/a.ts`", ["a word, and `src/a.ts`"]],
  [
    "see https://example.org/a/long?all=1 there",
    ["see https://", "example.", "org/", "a/", "long?", "all=", "1 there"],
  ],
  ["Donaudampfschifffahrtsgesellschaft", ["Donaudampfschifffahrtsgesellschaft"]],
  ["x............................", ["x............................"]],
])("%j may end a line behind the signs of its long words, and nothing of it is lost", (text, pieces) => {
  expect(linePieces(text)).toEqual(pieces);
  expect(seen(text.replaceAll("`", "")).text).toBe(text.replaceAll("`", ""));
});

test.each([
  ["Move `send_digest`", "Move send_digest"],
  ["**Bold `code`** of *it* and _that_", "Bold code of it and that"],
  ["``a ` b``, ***both*** (**this**), 中文**重点**中文", "a ` b, both (this), 中文重点中文"],
  ["`a*b*c` **x**", "a*b*c x"],
])("of a title %p only the words are said: %p", (title, words) => {
  expect(titleWords(title)).toBe(words);
});

test("code, bold and emphasis of a title are told apart", () => {
  expect(titlePieces("**Move `x`** _now_")).toEqual([
    { tag: "strong", pieces: ["Move ", { tag: "code", pieces: ["x"] }] },
    " ",
    { tag: "em", pieces: ["now"] },
  ]);
});

test("signs in a title that are no marks stay", () => {
  for (const title of [
    ..."2 * 3 * 4|a*b*c|src/*/test/*.ts|*.ts,*.js|__init__.py|snake_case_name|`unclosed|``|**|_private and _other".split(
      "|",
    ),
    ..."*args and **kwargs|f(*args, *more)|\\*no\\*".split("|"),
    "`a` ".repeat(30),
  ])
    expect(titleWords(title)).toBe(title);
});

test("in a title what nobody would see is a mark, in code too", () => {
  expect(titleWords("`a\u202Eb`")).toBe("a‹U+202E›b");
});
