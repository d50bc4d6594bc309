import { expect, test } from "bun:test";
import { bodyAsSvg } from "../../../src/canvas/page/canvas/picture-body.ts";
import { tableRows } from "../../../src/canvas/page/canvas/markdown-table.ts";
import { escaped, readableLines, wrapped } from "../../../src/canvas/page/canvas/picture-lines.ts";

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

test("Markdown is read without its marks, and nothing of it is taken for SVG", () => {
  expect(readableLines("## Goal\n- [x] **one** `two`\n* [three](https://example.org)")).toBe(
    "Goal\n• one two\n• three",
  );
  expect(escaped('<a href="x">&')).toBe("&lt;a href=&quot;x&quot;&gt;&amp;");
});

const cell = (text: string, align: "start" | "middle" | "end" = "start") => ({ text, align });

test.each<[string, readonly unknown[]]>([
  [
    "before\n| a | b |\n|---|--:|\n| 1 | 2 |\n\nafter",
    [
      "before",
      [
        [cell("a"), cell("b", "end")],
        [cell("1"), cell("2", "end")],
      ],
      "\nafter",
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
  ["| a |\n|---|\n| 1 | 2 |", [[[cell("a")], [cell("1")]]]],
  [
    "| a | b |\n|---|---|\n| 1 |",
    [
      [
        [cell("a"), cell("b")],
        [cell("1"), cell("")],
      ],
    ],
  ],
  ["```\n| a |\n|---|\n```", ["```\n| a |\n|---|\n```"]],
  ["a | b\nno rule", ["a | b\nno rule"]],
  ["| a | b |\n|---|", ["| a | b |\n|---|"]],
])("%p is in texts and tables", (markdown, parts) => {
  expect(tableRows(markdown) as readonly unknown[]).toEqual(parts);
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
