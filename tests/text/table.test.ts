import { expect, test } from "bun:test";
import { cutToWidth } from "../../src/text/table.ts";

test.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["世界世", 4, "世…"],
  ["a世界", 4, "a世…"],
  ["🇩🇪👨‍👩‍👧a", 4, "🇩🇪…"],
  ["👨‍👩‍👧🇩🇪é", 3, "👨‍👩‍👧…"],
  ["世界", 1, "…"],
  ["abc", 0, ""],
  ["abc", -3, ""],
])("%j in %d columns is %j", (text, columns, cut) => {
  expect(cutToWidth(text, columns)).toBe(cut);
  expect(Bun.stringWidth(cut)).toBeLessThanOrEqual(Math.max(0, columns));
});

test("a colour goes on to the end of what is left, and is closed there", () => {
  const cut = cutToWidth("\u001b[31mred words\u001b[0m and more", 6);
  expect(Bun.stripANSI(cut)).toBe("red w…");
  expect(cut).toStartWith("\u001b[31mred w\u001b[");
});
