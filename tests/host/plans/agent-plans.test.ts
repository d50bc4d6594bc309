import type { PluginInput } from "@opencode-ai/plugin";
import { expect, test } from "bun:test";
import { agentPlans } from "../../../src/host/plans/agent-plans.ts";
import { plansIn } from "../../plans/plan-rig.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** The plans inside a background agent whose earlier turn, in another process, put a plan up for review. */
async function createRig(planGate: string, sessions: Record<string, unknown> = {}) {
  const directory = temporaryFolder();
  const plans = plansIn(directory);
  await plans.create("x", "blank");
  await plans.openReview("x", { sessionId: "ses_agent", instanceId: "bgr_1" });
  const reported: string[] = [];
  const get = async ({ path }: { path: { id: string } }) => ({ data: sessions[path.id] });
  const hooks = agentPlans({
    input: { directory, worktree: "/", client: { session: { get } } } as unknown as PluginInput,
    options: { planGate },
    stateDir: `${directory}/state`,
    instanceOf: async () => "bgr_1",
    report: (message) => void reported.push(message),
  });
  const refusal = async (tool: string, sessionID = "ses_agent") =>
    await hooks["tool.execute.before"]!({ tool, sessionID, callID: "1" }, { args: {} }).then(
      () => undefined,
      (error: Error) => error.message,
    );
  return { plans, refusal, reported, dispose: async () => await hooks.dispose?.() };
}

test("with planGate enforce an agent that goes on in a new process writes nothing before the decision", async () => {
  const { plans, refusal, reported, dispose } = await createRig("enforce");
  expect(await refusal("write")).toContain('write was refused: the plan "x" is up for review');
  expect(await refusal("read")).toBeUndefined();
  expect(await refusal("write", "ses_other")).toBeUndefined();
  await plans.decide("x", "approved");
  expect(await refusal("write")).toBeUndefined();
  expect(reported).toEqual([]);
  await dispose();
});

test("its native subagents write nothing either; another warm agent of the same caller, and its subagents, do", async () => {
  const warm = { parentID: "ses_caller", metadata: { bizar: { instanceId: "bgr_1" } } };
  const { refusal, reported, dispose } = await createRig("enforce", {
    ses_agent: warm,
    ses_helper: { parentID: "ses_agent" },
    ses_other: warm,
    ses_others_helper: { parentID: "ses_other" },
  });
  expect(await refusal("write", "ses_helper")).toContain("write was refused");
  expect(await refusal("write", "ses_other")).toBeUndefined();
  expect(await refusal("write", "ses_others_helper")).toBeUndefined();
  expect(reported).toEqual([]);
  await dispose();
});

test("without it nothing is refused", async () => {
  const { refusal, dispose } = await createRig("ask");
  expect(await refusal("write")).toBeUndefined();
  await dispose();
});
