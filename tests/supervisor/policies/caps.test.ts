import { describe, expect, test } from "bun:test";
import { noTokens } from "../../../src/supervisor/instance.ts";
import { agentBudgetPolicy, FleetBudget, toolCapPolicy } from "../../../src/supervisor/policies/caps.ts";
import { sampleInstance } from "../sample-instance.ts";
import { watched } from "./policy-rig.ts";

const tokens = { input: 1, output: 2, reasoning: 3, cacheRead: 4, cacheWrite: 5 };

describe("the cap on tool calls", () => {
  test("lets so many through, and ends the run at the next one", () => {
    const run = watched(toolCapPolicy(500));
    run.report({ toolCallCount: 500 });
    expect(run.ends).toEqual([]);
    run.report({ toolCallCount: 501 });
    const error = "The agent made more than 500 tool calls (backgroundToolCallCap).";
    expect(run.ends).toEqual([{ status: "failed", reason: "tool_cap", error }]);
  });

  test("starts anew with a follow-up", () => {
    const { progress } = sampleInstance();
    const run = watched(toolCapPolicy(5), sampleInstance("pending", { progress: { ...progress, toolCallCount: 5 } }));
    run.report({ toolCallCount: 10 });
    expect(run.ends).toEqual([]);
    run.report({ toolCallCount: 11 });
    expect(run.reasons()).toEqual(["tool_cap"]);
  });
});

describe("an agent's own budget", () => {
  test("in dollars ends the run that crosses it", () => {
    const run = watched(agentBudgetPolicy({ usd: 0.5, tokens: 0 }));
    run.report({ costUsd: 0.5, tokens });
    expect(run.ends).toEqual([]);
    run.report({ costUsd: 0.5001, tokens });
    expect(run.ends).toEqual([
      { status: "failed", reason: "budget", error: expect.stringContaining("(backgroundBudgetUsd)") },
    ]);
  });

  test("in tokens counts those of every kind", () => {
    const run = watched(agentBudgetPolicy({ usd: 0, tokens: 15 }));
    run.report({ tokens, costUsd: 1000 });
    expect(run.ends).toEqual([]);
    run.report({ tokens: { ...tokens, cacheRead: 5 } });
    expect(run.ends).toEqual([
      { status: "failed", reason: "budget", error: expect.stringContaining("used 16 tokens, its budget is 15") },
    ]);
  });

  test("of 0 is none", () => {
    const run = watched(agentBudgetPolicy({ usd: 0, tokens: 0 }));
    run.report({ costUsd: 1e9, tokens: { ...noTokens, input: 1e12 } });
    expect(run.ends).toEqual([]);
  });
});

describe("the budget of all agents together", () => {
  test("ends the run that crosses it, and refuses new ones", () => {
    const spent = { usd: 0 };
    const fleet = new FleetBudget(1, spent);
    const [one, other] = [watched(fleet.policy), watched(fleet.policy)];
    one.report({ costUsd: 0.6 });
    other.report({ costUsd: 0.4 });
    expect([one.ends, other.ends, fleet.refusal()]).toEqual([[], [], undefined]);
    other.report({ costUsd: 0.41 });
    expect([one.ends.length, other.reasons()]).toEqual([0, ["budget"]]);
    expect(fleet.refusal()).toContain("cost $1.0100, their budget is $1 (fleetBudgetUsd). No agent is started");
    expect(spent.usd).toBeCloseTo(1.01);
  });

  test("counts each dollar once, however often it is reported", () => {
    const spent = { usd: 0 };
    const fleet = new FleetBudget(1, spent);
    const run = watched(fleet.policy);
    for (let times = 0; times < 100; times++) run.report({ costUsd: 0.9 });
    expect(run.ends).toEqual([]);
    expect(spent.usd).toBeCloseTo(0.9);
  });

  test("spares an agent that costs nothing more", () => {
    const fleet = new FleetBudget(1);
    const [one, other] = [watched(fleet.policy), watched(fleet.policy)];
    one.report({ costUsd: 0.1 });
    other.report({ costUsd: 2 });
    one.report({ costUsd: 0.1, toolCallCount: 5 });
    expect(one.ends).toEqual([]);
    one.report({ costUsd: 0.11 });
    expect(one.reasons()).toEqual(["budget"]);
  });

  test("holds for all plugin instances of one opencode, those that it has disposed of included", () => {
    const spent = { usd: 0 };
    watched(new FleetBudget(1, spent).policy).report({ costUsd: 0.6 });
    const fleet = new FleetBudget(1, spent);
    const run = watched(fleet.policy);
    run.report({ costUsd: 0.3 });
    expect([run.ends, fleet.refusal()]).toEqual([[], undefined]);
    run.report({ costUsd: 0.5 });
    expect(run.reasons()).toEqual(["budget"]);
    expect(fleet.refusal()).toContain("$1.1000");
  });

  test("does not shrink, whatever an agent tells of its cost", () => {
    const spent = { usd: 0 };
    const run = watched(new FleetBudget(1, spent).policy);
    for (const costUsd of [0.6, 0, 0.3, 0.7]) run.report({ costUsd });
    expect(spent.usd).toBeCloseTo(0.7);
  });

  test("does not count again what the turns before a follow-up have cost", () => {
    const spent = { usd: 0 };
    const fleet = new FleetBudget(1, spent);
    const { progress } = sampleInstance();
    const run = watched(fleet.policy, sampleInstance("pending", { progress: { ...progress, costUsd: 5 } }));
    run.report({ costUsd: 5.5 });
    expect(spent.usd).toBeCloseTo(0.5);
    expect(run.ends).toEqual([]);
  });

  test("of 0 is none", () => {
    const fleet = new FleetBudget(0, { usd: 100 });
    const run = watched(fleet.policy);
    run.report({ costUsd: 1e9 });
    expect([run.ends, fleet.refusal()]).toEqual([[], undefined]);
  });
});
