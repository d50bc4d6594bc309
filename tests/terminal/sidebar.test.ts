import { expect, test } from "bun:test";
import { plain, width } from "../../src/terminal/lines.ts";
import type { AgentNow } from "../../src/terminal/agent-now.ts";
import { sidebarLines, type SidebarContent } from "../../src/terminal/sidebar.ts";
import { agentNow, NOW } from "./agents.ts";

const ended = new Date(NOW).toISOString();
const { parent } = agentNow().record;
const { sessionId } = parent;

function shown(agents: readonly AgentNow[], session = sessionId, tasks: SidebarContent["tasks"] = new Map()): string[] {
  return sidebarLines({ agents, tasks }, session, NOW).map(plain);
}

test("the sidebar tells of a session's agents: title, activity, who, how long, what it cost, and of all together", () => {
  const thor = agentNow({ agent: "thor", title: "a test", does: ["tool bash: bun test", 3000], costUsd: 0.3 });
  const done = agentNow({ agent: "mimir", title: "a look", status: "done", endedAt: ended, costUsd: 0.01 });
  expect(shown([done, thor])).toEqual([
    "Agents  $0.31 in all",
    ...["◐ a test", "  bash bun test 3 s", "  thor · 60 s $0.30"],
    ...["✓ a look", "  mimir · done · 60 s $0.01"],
  ]);
});

test("other sessions' agents are not in it, and without any there is nothing", () => {
  const other = agentNow({ parent: { ...parent, sessionId: "ses_other" } });
  expect(shown([other])).toEqual([]);
  expect(shown([])).toEqual([]);
});

test("no line is wider than the sidebar, and of many that have ended the last are shown", () => {
  const many = Array.from({ length: 9 }, (_, index) =>
    agentNow({ title: `${index} ${"a long title 世界 ".repeat(9)}`, status: "done", endedAt: ended }),
  );
  const lines = shown(many);
  expect(lines.filter((line) => width(line) > 37)).toEqual([]);
  expect(lines[1]).toStartWith("✓ 8 a long");
  expect(lines.at(-1)).toBe("and 5 that ended earlier");
});

test("how far the plans have come that the agents work from is a bar, one for each plan", () => {
  const planTask = { folder: "/project/plans", slug: "cache", elementId: "el_1" };
  const agents = [agentNow({ planTask }), agentNow({ planTask: { ...planTask, elementId: "el_2" } }), agentNow()];
  const bar = (done: number, tasks: number, title = "The cache") =>
    shown(agents, sessionId, new Map([["/project/plans/cache", { title, done, tasks }]]))[1];
  expect(bar(2, 5)).toBe("▰▰▰▰▱▱▱▱▱▱ 2 of 5 The cache");
  expect(bar(0, 3)).toBe("▱▱▱▱▱▱▱▱▱▱ 0 of 3 The cache");
  // Full only when all of it is done.
  expect(bar(99, 100)).toBe("▰▰▰▰▰▰▰▰▰▱ 99 of 100 The cache");
  expect(width(bar(1, 1, "a long title 世界 ".repeat(9)) ?? "")).toBeLessThanOrEqual(37);
  expect(shown(agents, sessionId)[1]).not.toContain("▱");
});
