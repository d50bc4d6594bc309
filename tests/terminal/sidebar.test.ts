import { expect, test } from "bun:test";
import { plain, width } from "../../src/terminal/lines.ts";
import { sidebarLines } from "../../src/terminal/sidebar.ts";
import { agentNow, NOW } from "./agents.ts";

const ended = new Date(NOW).toISOString();
const { parent } = agentNow().record;
const { sessionId } = parent;

function shown(agents: Parameters<typeof sidebarLines>[0], session = sessionId): string[] {
  return sidebarLines(agents, session, NOW).map(plain);
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
