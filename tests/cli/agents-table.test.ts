import { expect, test } from "bun:test";
import { agentsTable, totals } from "../../src/cli/agents-table.ts";
import { toListed, toRecord, type ListedRecord } from "../../src/store/record.ts";
import { count, money } from "../../src/text/amounts.ts";
import { duration } from "../../src/text/plain-text.ts";
import { shortIds } from "../../src/text/short-ids.ts";
import { sampleId, sampleInstance, START, type SampleState } from "../supervisor/sample-instance.ts";
import { gone } from "./command-line-rig.ts";

const listed = (number: number, state: SampleState, activity: string, title: string): ListedRecord => {
  const { progress } = sampleInstance();
  const given = { instanceId: sampleId(number), title, progress: { ...progress, activity } };
  return toListed(toRecord(sampleInstance(state, given), { supervisor: gone, onExit: "kill", logPath: "/l" }));
};
const RECORDS = [
  listed(1, "running", "tool bash: bun test --timeout=60000 tests/opencode/contract", "a test for the parser"),
  listed(2, "queued", "waits for a place", "where settings are read, and by whom"),
  listed(3, "timed_out", "writing", "\u6f22\u5b57 \u6f22\u5b57 \u6f22\u5b57 \u6f22\u5b57"),
];
const at = (columns: number | undefined) =>
  agentsTable(RECORDS, { colours: true, columns, now: START + 69_000 })
    .trimEnd()
    .split("\n");

test.each([200, 140, 120, 100, 80])(
  "at %i columns no line is wider, and ids, states and titles are there",
  (columns) => {
    const [head = "", ...lines] = at(columns);
    for (const line of [head, ...lines]) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(head).toMatch(/^ID +AGENT +STATUS +ACTIVITY.* COST +AGE .*TITLE$/);
    expect(lines.map((line) => Bun.stripANSI(line).split(/ +/)[0])).toEqual(["000001", "000002", "000003"]);
    expect(lines[0]).toMatch(/tool bash: b.*a test for/);
  },
);

test("without a terminal nothing is left out, and ids are whole", () => {
  const [head = "", first = ""] = at(undefined);
  expect(head.split(/ +/)).toHaveLength(11);
  expect(first).toStartWith(sampleId(1));
});

test("totals count what runs, what waits and what has ended", () => {
  expect(totals(RECORDS)).toBe("3 agents (1 running, 1 queued, 1 ended) \u00b7 0 tokens \u00b7 $0.00");
  expect(totals([])).toBe("0 agents \u00b7 0 tokens \u00b7 $0.00");
});

test("short ids are as long as it takes to tell all apart", () => {
  const ids = ["bgr_01AAAA1234567", "bgr_01AAAB1234567", "bgr_01AAAA7654321"];
  expect(ids.map(shortIds(ids))).toEqual(["A1234567", "B1234567", "A7654321"]);
  expect(["bgr_01AAAA1234567"].map(shortIds(["bgr_01AAAA1234567"]))).toEqual(["234567"]);
  expect(shortIds(["a", "a"])("a")).toBe("a");
});

test("spans, numbers and money are told as they are", () => {
  const spans = [0, 999, 69_000, 99_999, 100_000, 245_000, 599_000, 720_000, 11_100_000, 180_000_000];
  expect(spans.map(duration)).toEqual("0s 0s 69s 99s 1m40s 4m05s 9m59s 12m 3h05m 2d02h".split(" "));
  expect([0, 999, 1000, 12_340, 999_949, 999_999, 2_345_678, 123_456_789].map(count)).toEqual(
    "0 999 1.0k 12.3k 1000k 1.0M 2.3M 123M".split(" "),
  );
  expect([0, 0.001, 0.01, 1.239].map(money)).toEqual(["$0.00", "<$0.01", "$0.01", "$1.24"]);
});
