import { expect, test } from "bun:test";
import { readWords } from "../../../src/host/commands/words.ts";

const cases: [what: string, text: string, words: string[]][] = [
  ["nothing", "  ", []],
  ["blanks of all kinds", "a \t b\nc", ["a", "b", "c"]],
  ["a text in quotes", 'x "two words" y', ["x", "two words", "y"]],
  ["an empty text", 'x ""', ["x", ""]],
  ["other quotes", "'it \"is\"' “so it is”", ['it "is"', "so it is"]],
  ["escapes", String.raw`"say \"no\"\nback\\slash" a\ b`, ['say "no"\nback\\slash', "a b"]],
  ["a backslash between single quotes", String.raw`'a\b'`, [String.raw`a\b`]],
  ["a quote inside of a word", "don't 5\"", ["don't", '5"']],
  ["text right behind a quote", '"a"b', ["a", "b"]],
];
for (const [what, text, words] of cases) {
  test(`reads ${what}`, () => expect(readWords(text)).toEqual({ ok: true, words }));
}

test("says which quote is never closed", () => {
  expect(readWords('x "abc def')).toEqual({ ok: false, error: expect.stringContaining('"abc def" is never closed') });
});
