import { describe, expect, test } from "bun:test";
import { blockText, nudgeText } from "../../../src/guard/guard-text.ts";
import { backgroundLoopAdvice, loopAdvice } from "../../../src/host/agents/guard-advice.ts";
import { mimir } from "../../../src/host/agents/mimir.ts";
import { odin } from "../../../src/host/agents/odin.ts";
import { thor } from "../../../src/host/agents/thor.ts";

const finding = { pattern: "stutter", count: 5, ran: 4 } as const;
const call = { tool: "bash", kind: "reading" } as const;
/** What each provided prompt tells the agent to look for. */
const [nudge, block] = [...loopAdvice.matchAll(/"([^"]+)"/g)].map(([, text]) => text ?? "");

test("the provided agents know the guard's words by their beginning", () => {
  expect(nudgeText("strong", finding, call)).toStartWith(nudge ?? "-");
  expect(blockText(finding, call)).toStartWith(block ?? "-");
  expect(odin.prompt).toContain(loopAdvice);
  for (const { prompt } of [mimir, thor]) expect(prompt).toContain(backgroundLoopAdvice);
});

describe("odin knows what to do about each end that a guard brings", () => {
  for (const reason of ["loop_guard", "thinking_loop", "stalled", "tool_stuck", "tool_cap", "budget"]) {
    test(reason, () => expect(odin.prompt).toMatch(new RegExp(`\\b${reason}\\b[^.]*: `)));
  }
});

test("the page on guards has the advice for users' own agents, word for word", async () => {
  const page = await Bun.file(`${import.meta.dir}/../../../docs/guards.md`).text();
  expect(page.replaceAll(/\s+/g, " ")).toContain(backgroundLoopAdvice.replaceAll(/\s+/g, " "));
});
