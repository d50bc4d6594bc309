import { expect, test } from "bun:test";
import { plain, width } from "../../src/terminal/lines.ts";
import { statusLine } from "../../src/terminal/status-line.ts";
import { agentNow, NOW } from "./agents.ts";

const thor = agentNow({ agent: "thor", does: ["tool bash: bun test", 12_000], costUsd: 0.3 });
const mimir = agentNow({ agent: "mimir", does: ["waiting for the model", 1000], costUsd: 0.01 });
const queued = agentNow({ status: "queued", startedAt: null, costUsd: 0 });
const done = agentNow({ status: "done", endedAt: new Date(NOW).toISOString(), costUsd: 5 });

function shown(standing: Partial<Parameters<typeof statusLine>[0]>, columns = 120): string | undefined {
  const line = statusLine({ agents: [], plans: [], ...standing }, NOW, columns);
  return line === undefined ? undefined : plain(line).replace(/^[◐◓◑◒◌]/u, "◐");
}

test.each([
  ["one at work", [thor], "◐ 1 agent · thor: bash bun test 12 s · $0.30 · F6"],
  ["what runs a tool, not what waits", [thor, mimir], "◐ 2 agents · thor: bash bun test 12 s · $0.31 · F6"],
  ["not what has ended", [done, mimir], "◐ 1 agent · mimir: waiting for the model 1 s · $0.01 · F6"],
  ["what waits in the line", [thor, queued], "◐ 1 agent, 1 queued · thor: bash bun test 12 s · $0.30 · F6"],
  ["nothing but the line", [queued], "◐ 0 agents, 1 queued · $0.00 · F6"],
] as const)("the line tells of %s", (_what, agents, line) => {
  expect(shown({ agents })).toBe(line);
});

test("with nobody at work and nothing that waits there is no line", () => {
  expect(shown({})).toBeUndefined();
  expect(shown({ agents: [done] })).toBeUndefined();
});

test("an agent whose opencode is gone does not count as at work", () => {
  expect(shown({ agents: [agentNow({ isOwned: false })] })).toBeUndefined();
});

test("what waits for the user comes first, also where nobody is at work", () => {
  expect(shown({ plans: ["login"] })).toBe("▲ plan login waits for you · F6");
  expect(shown({ plans: ["login", "mail"], agents: [thor] })).toStartWith("▲ 2 plans wait for you · ◐ 1 agent · thor:");
});

test("a model's words are cut to the terminal, count and cost stay, and no sign of theirs moves the cursor", () => {
  const long = agentNow({ agent: "thor", does: [`tool bash: echo 世界 ${"x".repeat(300)}\u001b[2J`, 5000] });
  for (const columns of [80, 100, 120]) {
    const line = shown({ agents: [long] }, columns) ?? "";
    expect(width(line)).toBeLessThanOrEqual(columns);
    expect(line).toMatch(/^◐ 1 agent · thor: bash echo 世界 x+… 5 s · \$0\.\d\d · F6$/);
  }
  const hostile = agentNow({ agent: "thor", does: ["tool bash: a\u001b[2Jb", 0] });
  expect(shown({ agents: [hostile] })).toContain("bash a\\x1b[2Jb");
});

test("what an agent asks stands before everything, in its own words but short", () => {
  const open = { state: "open", id: "q1", what: `bash: git push ${"x".repeat(200)}` };
  const asking = agentNow({ agent: "thor", questions: [open] as unknown as (typeof thor.record)["questions"] });
  const line = shown({ agents: [asking, mimir] }, 100) ?? "";
  expect(line).toStartWith("▲ thor asks: bash: git push xx");
  expect(line).toMatch(/2 agents.* · F6$/);
  expect(shown({ agents: [asking, mimir], plans: ["login"] })).toStartWith("▲ 2 things wait for you · ");
});
