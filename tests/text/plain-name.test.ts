import { describe, expect, test } from "bun:test";
import { plainName } from "../../src/text/plain-name.ts";

describe("a name that looks like another one is shown so that one sees it:", () => {
  const names: readonly [what: string, name: string, shown: string][] = [
    ["a zero-width blank", "mim\u200bir", "mim\\u{200b}ir"],
    ["a zero-width joiner", "tho\u200dr", "tho\\u{200d}r"],
    ["a byte order mark", "\ufefftest", "\\u{feff}test"],
    ["a soft hyphen", "tho\u00adr", "tho\\u{ad}r"],
    ["a change of direction", "\u202eroht", "\\u{202e}roht"],
    ["a filler that counts as a letter", "thor\u3164", "thor\\u{3164}"],
    ["a variation selector", "thor\ufe0f", "thor\\u{fe0f}"],
    ["a tag", "thor\u{e0041}", "thor\\u{e0041}"],
    ["half a character", "thor\ud800", "thor\\u{d800}"],
    ["a blank that does not break", "my\u00a0agent", "my\\u{a0}agent"],
    ["a blank at the end", "thor ", "thor\\u{20}"],
    ["two blanks", "my  agent", "my \\u{20}agent"],
    ["a line end", "tho\nr", "tho\\u{a}r"],
    ["a colour", "\u001b[31mthor", "\\u{1b}[31mthor"],
    ["a Cyrillic letter among Latin ones", "th\u043er", "th\\u{43e}r"],
    ["a Greek letter among Latin ones", "th\u03bfr", "th\\u{3bf}r"],
    ["a full-width letter", "\uff54hor", "\\u{ff54}hor"],
    ["a ligature", "\ufb01nder", "\\u{fb01}nder"],
    ["an accent apart from its letter", "the\u0301o", "the\\u{301}o"],
  ];
  for (const [what, name, shown] of names) test(what, () => expect(plainName(name)).toBe(shown));
});

test("every other name is shown as it is", () => {
  for (const name of [
    "mimir",
    "-v",
    "team/code-reviewer 2",
    "théo",
    "агент",
    "πλάνο",
    "エージェント",
    "हिन्दी",
    "🦊",
    "a_b.c",
  ]) {
    expect(plainName(name)).toBe(name);
  }
});
