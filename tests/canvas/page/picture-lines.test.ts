import { expect, test } from "bun:test";
import { bodyAsSvg } from "../../../src/canvas/page/canvas/picture-body.ts";
import { pictureBlocks } from "../../../src/canvas/page/canvas/picture-blocks.ts";
import { escaped, wrapped } from "../../../src/canvas/page/canvas/picture-lines.ts";

/** Each sign is ten pixels wide. */
const measure = (text: string) => text.length * 10;

test.each([
  ["short", 100, ["short"]],
  ["two words here", 100, ["two words", "here"]],
  ["a\n\nb", 100, ["a", "", "b"]],
  ["averyveryverylongword", 100, ["averyvery", "verylongw", "ord"]],
  ["", 100, [""]],
])("%p in lines of %d pixels", (text, width, lines) => {
  expect(wrapped(text, "", width, measure)).toEqual(lines);
});

test("nothing of a text is taken for SVG", () => {
  expect(escaped('<a href="x">&')).toBe("&lt;a href=&quot;x&quot;&gt;&amp;");
});

test.each([
  ["## Goal\n\nA *b* __c__ `d` ~~e~~ [f](https://example.org)", "Goal\n\nA b c d e f"],
  ["- [x] **one** `two`\n- [ ] three\n* four", "• ☑ one two\n• ☐ three\n\n• four"],
  ["3. *six* of _them_\n   - inner\n   - more\n4. b", "3. six of them\n  • inner\n  • more\n4. b"],
  ["- a\n\n  further\n- b", "• a\n  further\n• b"],
  ['> "quoted *x*"\n> more\n\nafter <br> a<b', '"quoted x"\nmore\n\nafter <br> a<b'],
  ["one\ntwo  \nthree\\\nfour", "one\ntwo\nthree\nfour"],
  ["```ts\n*a* | b\n```\n\n* * *\n![a chart](data:image/png;base64,eA==)", "*a* | b\n\n———\n\na chart"],
  ["2 \\* 3 * 4 snake_case_name", "2 * 3 * 4 snake_case_name"],
  ["", ""],
])("%j is read without its marks", (markdown, text) => {
  expect(pictureBlocks(markdown)).toEqual(text === "" ? [] : [text]);
});

const cell = (text: string, align: "start" | "middle" | "end" = "start") => ({ text, align });

test.each<[string, readonly unknown[]]>([
  [
    "before\n\n| a | b |\n|---|--:|\n| 1 | **2** |\n\nafter",
    [
      "before",
      [
        [cell("a"), cell("b", "end")],
        [cell("1"), cell("2", "end")],
      ],
      "after",
    ],
  ],
  [
    "a | b\n:-: | -\n1 \\| 2 | 3",
    [
      [
        [cell("a", "middle"), cell("b")],
        [cell("1 | 2", "middle"), cell("3")],
      ],
    ],
  ],
  [
    "| a | b |\n|---|---|\n| 1 |",
    [
      [
        [cell("a"), cell("b")],
        [cell("1"), cell("")],
      ],
    ],
  ],
  ["```\n| a |\n|---|\n```", ["| a |\n|---|"]],
  ["a | b\nno rule", ["a | b\nno rule"]],
])("%j is in texts and tables", (markdown, parts) => {
  expect(pictureBlocks(markdown) as readonly unknown[]).toEqual(parts);
});

test("a picture has a table's cells as boxes that are no wider than the card, with nothing of its marks", () => {
  const markdown = `A table:\n\n| job | what it does |\n|---|---|\n| **mail** | ${"word ".repeat(30).trim()} |\n| x<y | z |\n\nThe end`;
  const svg = bodyAsSvg(markdown, { x: 10, top: 30, width: 300, bottom: 900 }, { measure, ink: (name) => name });
  const boxes = [...svg.matchAll(/<rect class="cell" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)];
  expect(boxes).toHaveLength(6);
  for (const [, x = 0, width = 0] of boxes) expect(Number(x) + Number(width)).toBeLessThanOrEqual(310.01);
  expect(svg).toContain(">mail</text>");
  expect(svg).toContain(">x&lt;y</text>");
  expect(svg).not.toContain("|");
  expect(svg).toContain(">The end</text>");
});

test("a table of a picture breaks between words as long as there is room for each of them", () => {
  const table =
    "| a | b | c |\n| - | - | - |\n| transactions | authorization | nothing new to run, and one for all of it |";
  const svg = bodyAsSvg(table, { x: 0, top: 0, width: 400, bottom: 900 }, { measure, ink: () => "black" });
  const lines = [...svg.matchAll(/<text[^>]*>(?<line>[^<]*)</g)].map(({ groups }) => groups?.["line"]);
  expect(lines).toContain("transactions");
  expect(lines).toContain("authorization");
  expect(lines.join(" ")).toContain("nothing new to run, and one for all of it");
});
