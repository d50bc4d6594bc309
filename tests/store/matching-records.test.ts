import { describe, expect, test } from "bun:test";
import { agentsMeant } from "../../src/store/matching-records.ts";
import { sampleId } from "../supervisor/sample-instance.ts";

const agent = (number: number, title: string, sessionId = "ses_own") => ({
  instanceId: sampleId(number),
  title,
  parent: { sessionId },
});
const long = "A title that is longer than what is shown of it";
const AGENTS = [
  agent(1, "Fix the tests"),
  agent(2, "fix the  tests"),
  agent(3, "Docs"),
  agent(4, "Docs", "ses_other"),
  agent(5, "Theirs", "ses_other"),
  agent(6, 'Say "hi", and go; (now)', "ses_other"),
  agent(7, "Cafe\u0301 \u{1f44d}", "ses_other"),
  agent(8, "Two\nlines", "ses_other"),
  agent(123_456, long),
];

describe("an agent is meant by a title, or by an id, its first characters or its last", () => {
  const cases: [name: string, numbers: number[]][] = [
    ["Fix the tests", [1]],
    ["fix the  tests", [2]],
    ["FIX THE TESTS", [1, 2]],
    ["  docs ", [3]],
    ["Theirs", [5]],
    // As a list shows it, however long that is; or as a model writes that.
    [`${long.slice(0, 19)}…`, [123_456]],
    [`${long.slice(0, 30)}...`, [123_456]],
    ["A…", []],
    ['"Fix the tests"', [1, 2]],
    ["“docs”", [3]],
    ["`Docs`", [3]],
    [String.raw`Say \"hi\", and go; (now)`, [6]],
    ['Say "hi", and go; (now)', [6]],
    ["caf\u00e9 \u{1f44d}", [7]],
    ["two lines", [8]],
    [sampleId(3).slice(0, 8), [1, 2, 3, 123_456]],
    [sampleId(3).slice(4), [3]],
    ["123456", [123_456]],
    ["000003", [3]],
    ["00003", []],
    [sampleId(5).toLowerCase(), [5]],
    ["no such", []],
    ["", []],
    [" ", []],
    ["b", []],
    ["bgr_", []],
  ];
  for (const [name, numbers] of cases) {
    test(JSON.stringify(name), () => {
      const found = agentsMeant(AGENTS, name, "ses_own").map(({ instanceId }) => instanceId);
      expect(found).toEqual(numbers.map(sampleId));
    });
  }
});

test("a title comes before the end of an id, and the own session's agents before all others", () => {
  const agents = [agent(123_456, "One"), agent(7, "123456"), agent(8, "One", "ses_other")];
  const meant = (name: string, sessionId: string) =>
    agentsMeant(agents, name, sessionId).map(({ instanceId }) => instanceId);
  expect(meant("123456", "ses_own")).toEqual([sampleId(7)]);
  expect(meant("One", "ses_own")).toEqual([sampleId(123_456)]);
  expect(meant("One", "ses_other")).toEqual([sampleId(8)]);
  expect(meant("One", "ses_third")).toEqual([sampleId(123_456), sampleId(8)]);
});
