import { expect, test } from "bun:test";
import { addDeeds, joinRefused, neverLessDeeds, noDeeds } from "../../src/supervisor/deeds.ts";

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `f${from + index}`);

test("a turn that goes on with another one adds its files, each once, and its calls behind those", () => {
  const earlier = { ...noDeeds, changedFiles: ["a", "b"], lastCalls: ["1", "2", "3", "4"] };
  const now = { ...noDeeds, changedFiles: ["b", "c"], lastCalls: ["5", "6"] };
  expect(addDeeds(earlier, now)).toEqual({
    ...noDeeds,
    changedFiles: ["a", "b", "c"],
    lastCalls: ["2", "3", "4", "5", "6"],
  });
});

test("30 files are named, and the others counted", () => {
  const earlier = { ...noDeeds, changedFiles: names(0, 25), moreChangedFiles: 1 };
  const now = { ...noDeeds, changedFiles: names(20, 40), moreChangedFiles: 2 };
  const { changedFiles, moreChangedFiles } = addDeeds(earlier, now);
  expect([changedFiles, moreChangedFiles]).toEqual([names(0, 30), 13]);
});

test("what is told again and again is not counted twice", () => {
  const deeds = { ...noDeeds, changedFiles: names(0, 30), moreChangedFiles: 7, lastCalls: ["read: x"] };
  expect(neverLessDeeds(neverLessDeeds(deeds, deeds), deeds)).toEqual(deeds);
});

test("20 refusals are told, each once", () => {
  expect(joinRefused(["x"], "x", undefined, ...names(0, 30))).toEqual(["x", ...names(0, 19)]);
});
