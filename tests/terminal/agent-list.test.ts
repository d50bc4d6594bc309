import { expect, test } from "bun:test";
import {
  chosenKey,
  emptyLines,
  keyAt,
  keyOfPlan,
  listLines,
  rowsOf,
  totals,
  type Row,
} from "../../src/terminal/agent-list.ts";
import { plain, width } from "../../src/terminal/lines.ts";
import { sampleId } from "../supervisor/sample-instance.ts";
import { agentNow, NOW } from "./agents.ts";

const at = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();
const thor = agentNow({ instanceId: sampleId(1), agent: "thor", title: "a test", does: ["tool bash: bun test", 3000] });
const first = agentNow({ instanceId: sampleId(2), title: "one", status: "queued", startedAt: null, createdAt: at(9) });
const second = agentNow({ instanceId: sampleId(3), title: "two", status: "queued", startedAt: null, createdAt: at(8) });
const early = agentNow({ instanceId: sampleId(4), title: "early", status: "done", endedAt: at(5) });
const late = agentNow({ instanceId: sampleId(5), title: "late", status: "failed", reason: "stalled", endedAt: at(1) });
const all = [thor, second, first, early, late];

function rows(filter = "", plans: readonly string[] = []): readonly Row[] {
  return rowsOf({ agents: all, plans, filter, now: NOW });
}

function texts(shown: readonly Row[], columns = 120, height = 40): string[] {
  return listLines(shown, undefined, { now: NOW, columns, height }).map((line) => plain(line).trim());
}

test("what waits for the user comes first, then who works, who waits, who has ended, the last first", () => {
  const shown = texts(rows("", ["login"])).map((line) => line.replaceAll(/ {2,}/g, "  "));
  expect(shown.map((line) => line.split("  ")[0])).toEqual([
    ...["Waits for you (1)", "▲ plan login: waits for your decision"],
    ...["At work (1)", "◐ a test", "Queued (2)", "◌ two", "◌ one", "Ended (2)", "✗ late", "✓ early"],
  ]);
  expect(shown[3]).toContain("thor  bash bun test 3 s");
  expect(shown[5]).toContain("number 2 in the line");
  expect(shown[6]).toContain("number 1 in the line");
  expect(shown[8]).toContain("failed: stalled");
});

test("what runs elsewhere says where, and each place has a line of its own", () => {
  const away = agentNow({ title: "far", on: "east", does: ["reconnecting until 2026-01-01T12:05:00Z", 2000] });
  const waits = agentNow({ title: "next", on: "east", status: "queued", startedAt: null, createdAt: at(1) });
  const over = agentNow({ title: "lost", on: "west", status: "failed", reason: "connection_lost", endedAt: at(2) });
  const shown = texts(rowsOf({ agents: [first, away, waits, over], plans: [], filter: "st", now: NOW }), 160);
  expect(shown.join("\n")).toContain("east: reconnecting until 2026-01-01T12:05:00Z 2 s");
  expect(shown.join("\n")).toContain("number 1 in the line of east");
  expect(shown.join("\n")).toContain("west: failed: connection_lost");
});

test("an agent that asks something stands with what waits for the user, with its question", () => {
  const asked = { id: "q1", askId: "a", kind: "permission", what: "bash: git push", askedAt: at(1) } as const;
  const open = { state: "open", answeredAt: null, answeredBy: null, words: null } as const;
  const given = { ...asked, ...open } as unknown as (typeof thor.record.questions)[number];
  const asking = agentNow({ agent: "thor", title: "push it", questions: [given] });
  const shown = texts(rowsOf({ agents: [asking], plans: [], filter: "", now: NOW }));
  expect(shown[0]).toBe("Waits for you (1)");
  expect(shown[1]).toMatch(/^▲ push it +thor +asks: bash: git push/);
});

test.each([
  ["bun test", ["a test"]],
  ["STALLED", ["late"]],
  [sampleId(4).slice(-8), ["early"]],
  ["nothing like it", []],
] as const)("the filter %j leaves what says so by title, name, id, status or activity", (filter, titles) => {
  const shown = rows(filter).flatMap((row) => (row.kind === "agent" ? row.agent.record.title : []));
  expect(shown).toEqual([...titles]);
});

test("keys go from row to row, past no end, and what has gone leaves the choice to the first", () => {
  const shown = rows("", ["login"]);
  expect(chosenKey(shown, undefined)).toBe(keyOfPlan("login"));
  expect(keyAt(shown, keyOfPlan("login"), 1)).toBe(thor.record.instanceId);
  expect(keyAt(shown, keyOfPlan("login"), -5)).toBe(keyOfPlan("login"));
  expect(keyAt(shown, thor.record.instanceId, 1e9)).toBe(early.record.instanceId);
  expect(chosenKey(shown, sampleId(9))).toBe(keyOfPlan("login"));
  expect(keyAt([], undefined, 1)).toBeUndefined();
});

test.each([80, 120])(
  "30 agents at %d columns: each in one line, and the chosen one is always on the screen",
  (columns) => {
    const agents = Array.from({ length: 30 }, (_, index) => {
      const title = `${index} ${"a title of a model, 世界 ".repeat(9)}`;
      return agentNow({ instanceId: sampleId(index + 1), title, does: [`tool bash: ${"x".repeat(150)}`, 70_000] });
    });
    const shown = rowsOf({ agents, plans: [], filter: "", now: NOW });
    for (const { record } of agents) {
      const lines = listLines(shown, record.instanceId, { now: NOW, columns, height: 18 });
      expect(lines.length).toBeLessThanOrEqual(18);
      expect(lines.filter((line) => width(plain(line)) > columns)).toEqual([]);
      expect(lines.filter((line) => line.some(({ isChosen }) => isChosen))).toHaveLength(1);
    }
  },
);

test("all together: who works, who waits, what they cost", () => {
  const tokens = { input: 2000, output: 300, reasoning: 100, cacheRead: 9000, cacheWrite: 600 };
  const dear = agentNow({ status: "done", endedAt: at(1), costUsd: 5, tokens });
  const cheap = agentNow({ ...thor.record, costUsd: 0.25, tokens: { ...tokens, input: 0, cacheRead: 0 } });
  const agents = [dear, cheap, first, second, early];
  expect(totals(agents)).toBe("1 at work · 2 queued · 5 in all · $5.25 · 13.0k tokens");
});

test.each([
  ["all", 80, "There is no agent here."],
  ["attached", 80, "This screen is attached to another opencode, and sees nothing of its agents. /bizar lists"],
  ["unknown", 40, "The server half of Bizar has not said where its agents are."],
] as const)("an empty list, of which %s is seen, says so in %d columns", (see, columns, begin) => {
  const lines = emptyLines(see, columns).map(plain);
  expect(lines.join(" ")).toStartWith(begin);
  expect(lines.filter((line) => width(line) > columns)).toEqual([]);
});
