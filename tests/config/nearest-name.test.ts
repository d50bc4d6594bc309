import { describe, expect, test } from "bun:test";
import { nearestName } from "../../src/config/nearest-name.ts";

const agents = ["odin", "mimir", "thor", "general-purpose"];

describe("a misspelt name finds the one that is meant", () => {
  const cases: [name: string, expected: string | undefined][] = [
    ["odin", "odin"],
    ["Odin", "odin"],
    ["mimr", "mimir"],
    ["THORR", "thor"],
    ["general_purpse", "general-purpose"],
    ["completely-different", undefined],
    ["", undefined],
  ];
  for (const [name, expected] of cases) {
    test(`"${name}"`, () => expect(nearestName(name, agents)).toBe(expected as string));
  }
});

test("the known name keeps its own case", () => {
  expect(nearestName("reviewer", ["Reviewer"])).toBe("Reviewer");
});

test("with nothing known there is nothing near", () => {
  expect(nearestName("odin", [])).toBeUndefined();
});
