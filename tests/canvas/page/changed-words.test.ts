import { expect, test } from "bun:test";
import { changedWords } from "../../../src/canvas/page/elements/changed-words.ts";

/** `[-gone-]{+new+}` among what stayed. */
function told(before: string, now: string): string {
  const marks = { same: ["", ""], old: ["[-", "-]"], new: ["{+", "+}"] };
  return changedWords(before, now)
    .map(({ kind, text }) => marks[kind].join(text))
    .join("");
}

test.each([
  ["one word", "It waits 5 minutes.", "It waits 10 minutes.", "It waits [-5-]{+10+} minutes."],
  ["a line that is new", "one\ntwo", "one\nand\ntwo", "one\n{+and\n+}two"],
  ["what is gone", "one two three four", "one four", "one [-two three -]four"],
  ["another text", "Redis, since it is fast.", "We take what the team knows: Postgres", "[-Redis, since it is fast.-]"],
  ["all of it gone", "one", "", "[-one-]"],
  ["blanks at the end", "one\n", "one\n\n", "one"],
])("of a changed text is told what differs: %s", (_what, before, now, words) => {
  expect(told(before, now)).toBe(words);
});

const line = (index: number) => `const value${index} = compute(${index});\n`;

test("of a long text what stayed is there only beside what was changed", () => {
  const before = Array.from({ length: 60 }, (_, index) => line(index)).join("");
  const now = before.replace("compute(20)", "compute(21, 22)").replace("value40 ", "other40 ");
  const words = told(before, now);
  expect(words).toContain("compute([-20-]{+21, 22+});");
  expect(words).toContain("const [-value40-]{+other40+} = ");
  expect(words.length).toBeLessThan(400);
  expect(words.match(/…/g)?.length).toBe(3);
});

test("a change is told wherever it is in a long text, and of what is gone not more than somebody reads", () => {
  const before = Array.from({ length: 1_500 }, (_, index) => line(index)).join("");
  expect(before.length).toBeGreaterThan(40_000);
  expect(told(before, before.replace("compute(1490)", "compute(7)"))).toContain("compute([-1490-]{+7+});");
  expect(told(before, "Nothing.").length).toBeLessThan(4_100);
  expect(told(`begin ${before} end`, "begin end").length).toBeLessThan(4_100);
});

test("a text of which only the beginning is known is not told to have lost its end", () => {
  const whole = "many words ".repeat(600);
  const words = told(whole.slice(0, 4_000), `new ${whole}`);
  expect(words).toStartWith("{+new +}many words");
  expect(words).not.toContain("[-");
});

const words = (sign: string) => Array.from({ length: 1_300 }, (_, index) => `${sign}${index}`).join(" ");

test("of texts in which all is another one the old one is told", () => {
  expect(told(words("a"), words("b"))).toStartWith("[-a0 a1");
});

test("of a picture, and of megabytes that were added, little is compared and told", () => {
  expect(told("(a picture)", `data:image/png;base64,${"ab+/".repeat(700_000)}`)).toBe("[-(a picture)-]");
  const words = told("It waits.", `It waits. ${"And more. ".repeat(100_000)}`);
  expect(words).toStartWith("It waits.{+ And more.");
  expect(words.length).toBeLessThan(400);
});
