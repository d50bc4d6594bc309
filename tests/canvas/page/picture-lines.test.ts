import { expect, test } from "bun:test";
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
