import { expect, test } from "bun:test";
import { newestThatFit } from "../../src/lib/newest-that-fit.ts";

const length = (text: string) => text.length;

test.each([
  [["one", "two", "three"], 20, ["ONE", "TWO", "THREE"]],
  // To the last bit of room.
  [["one", "two", "three"], 8, ["TWO", "THREE"]],
  [["one", "two", "three"], 7, ["THREE"]],
  // What does not fit ends it, even where an older one would.
  [["a", "three", "b"], 3, ["B"]],
  [["three"], 4, []],
  [[], 4, []],
])("of %j there is room for %i: %j", (texts, room, expected) => {
  expect(newestThatFit(texts, room, (text) => text.toUpperCase(), length)).toEqual(expected);
});

test("what is older than what fits is not even looked at", () => {
  const seen: string[] = [];
  const look = (text: string) => (seen.push(text), text);
  newestThatFit(["one", "two", "three", "four"], 5, look, length);
  expect(seen).toEqual(["four", "three"]);
});
