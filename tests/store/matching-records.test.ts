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
  agent(123_456, long),
];
const shown = (title: string) => (title.length > 20 ? `${title.slice(0, 19)}…` : title);

describe("an agent is meant by a title or the last characters of its id", () => {
  const cases: [name: string, numbers: number[]][] = [
    ["Fix the tests", [1]],
    ["fix the  tests", [2]],
    ["FIX THE TESTS", [1, 2]],
    ["  docs ", [3]],
    ["Theirs", [5]],
    [`${long.slice(0, 19)}…`, [123_456]],
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
      const found = agentsMeant(AGENTS, name, "ses_own", shown).map(({ instanceId }) => instanceId);
      expect(found).toEqual(numbers.map(sampleId));
    });
  }
});

test("a title comes before the end of an id, and the own session's agents before all others", () => {
  const agents = [agent(123_456, "One"), agent(7, "123456"), agent(8, "One", "ses_other")];
  const meant = (name: string, sessionId: string) =>
    agentsMeant(agents, name, sessionId, shown).map(({ instanceId }) => instanceId);
  expect(meant("123456", "ses_own")).toEqual([sampleId(7)]);
  expect(meant("One", "ses_own")).toEqual([sampleId(123_456)]);
  expect(meant("One", "ses_other")).toEqual([sampleId(8)]);
  expect(meant("One", "ses_third")).toEqual([sampleId(123_456), sampleId(8)]);
});
