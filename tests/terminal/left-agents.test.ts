import { expect, test } from "bun:test";
import { leftWords } from "../../src/terminal/left-agents.ts";

test("what has become of agents is told in a line each, in words that move no cursor", () => {
  const records = [
    { agent: "thor", title: "a test", status: "done", reason: null },
    { agent: "mimir", title: "where\u001b[2J is it", status: "failed", reason: "shutdown" },
    { agent: "thor", title: "x", status: "killed", reason: "killed" },
  ] as const;
  expect(leftWords(records).split("\n")).toEqual([
    "thor: done, a test",
    "mimir: failed (shutdown), where\\x1b[2J is it",
    "thor: killed, x",
  ]);
});
