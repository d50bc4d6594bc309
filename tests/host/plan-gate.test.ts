import { describe, expect, test } from "bun:test";
import { gate } from "../../src/host/plans/plan-gate.ts";
import { SessionFamilies } from "../../src/host/plans/session-families.ts";
import { agentCall } from "../../src/host/tools/agent-call.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { createToolRig, recordOf } from "./tool-rig.ts";
import type { Hold } from "../../src/plans/plan-store-port.ts";

const [ASKING, OTHER] = [sampleId(700_001), sampleId(700_002)];
const createdRig = { fleet: async () => ({ catalog: rig.catalog }) as never };
const rig = createToolRig();
const titles = { [ASKING]: "The planner", [OTHER]: "Another", [sampleId(3)]: "Twins", [sampleId(4)]: "twins" };
for (const [instanceId, title] of Object.entries(titles)) {
  rig.foreign.set(instanceId, recordOf(sampleInstance("running", { instanceId, title })));
}

/** Two conversations; the parents of what is a subagent's in them. */
const PARENTS: Record<string, string> = { ses_1_a: "ses_1", ses_1_a_b: "ses_1_a", ses_1_c: "ses_1", ses_2_a: "ses_2" };

async function refusal(
  tool: string,
  args: unknown = {},
  {
    why = { kind: "open" },
    waiting = "ses_1",
    sessionId = "ses_1",
    allowed = [],
  }: { why?: Hold["why"] | null; waiting?: string; sessionId?: string; allowed?: string[] } = {},
): Promise<string | undefined> {
  const families = new SessionFamilies(
    async (id) => PARENTS[id],
    () => expect.unreachable(),
  );
  const askedBy = { sessionId: "ses_agent", instanceId: ASKING };
  const holds = async () => (why === null ? [] : [{ slug: "x", askedBy, why }]);
  const allowReading = (id: string, callId: string) => void allowed.push(`${id} ${callId}`);
  const call = { tool, sessionId, callId: "call_1", args };
  const parts = { families, holds, sessionsOf: async () => [waiting], allowReading };
  return await gate({ ...parts, agentCall: agentCall(createdRig) }, call).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

/** The calls of bash that are let through while a review is open. */
async function allowedIn(command: string): Promise<string[]> {
  const allowed: string[] = [];
  await refusal("bash", { command }, { allowed });
  return allowed;
}

describe("while a review is open", () => {
  for (const tool of [
    "edit",
    "write",
    "patch",
    "multiedit",
    "apply_patch",
    "task",
    "bizar_spawn_background",
    "bizar_send_message",
    "bizar_changes",
  ])
    test(`${tool} is refused, in words that name the plan`, async () => {
      expect(await refusal(tool)).toContain(`${tool} was refused: the plan "x" is up for review`);
    });
  for (const tool of ["read", "grep", "glob", "webfetch", "todowrite", "bizar_plan_action", "bizar_wait_for_feedback"])
    test(`${tool} passes`, async () => expect(await refusal(tool)).toBeUndefined());
  test("an agent's changes may be looked at and thrown away, and come into no file", async () => {
    for (const action of ["show", "discard"]) expect(await refusal("bizar_changes", { action })).toBeUndefined();
    for (const args of [{ action: "Show" }, { Action: '"discard"' }, '{"action": "show"}']) {
      expect(await refusal("bizar_changes", args)).toBeUndefined();
    }
    for (const action of ["apply", "Update", "branch", "show apply", "shw"]) {
      expect(await refusal("bizar_changes", { action })).toContain("bizar_changes was refused");
    }
  });
  test("bash passes where it only reads", async () => {
    expect(await refusal("bash", { command: "git diff | head -5 2>/dev/null" })).toBeUndefined();
    expect(await refusal("bash", { command: "npm install" })).toContain(
      'bash was refused: the plan "x" is up for review',
    );
    expect(await refusal("bash", {})).toContain("bash was refused");
  });
  test("of a line of bash what is refused is named, and what only reads is listed", async () => {
    const text = await refusal("bash", { command: "ls | xargs rm" });
    expect(text).toContain('"xargs" is none of them');
    expect(text).toContain("sed, jq, grep");
    expect(text).toContain("git status|log|diff");
  });
  test("a line that only reads is remembered, so that git obeys nothing that was configured", async () => {
    expect(await allowedIn("git status")).toEqual(["ses_1 call_1"]);
    expect(await allowedIn("git push")).toEqual([]);
  });
  describe("a message passes for the agent that asked for the review: it may have comments to answer", () => {
    const passing: object[] = [
      { instanceId: ASKING },
      { instanceId: ASKING.slice(-6).toLowerCase() },
      { instanceId: "the PLANNER" },
      { id: `"${ASKING}"` },
      { agentId: ["The planner"] },
    ];
    for (const args of passing) {
      test(`for ${JSON.stringify(args)}`, async () => {
        for (const given of [args, { ...args, prompt: "answer" }, JSON.stringify({ ...args, message: "answer" })]) {
          expect(await refusal("bizar_send_message", given)).toBeUndefined();
        }
      });
    }
    const refused: object[] = [
      { instanceId: OTHER },
      { id: "Another" },
      { instanceId: "twins" },
      { instanceId: "no such" },
    ];
    for (const args of [...refused, {}, { instanceId: ASKING.slice(-5) }, { instanceId: "The planner, Another" }]) {
      test(`and not for ${JSON.stringify(args)}`, async () => {
        expect(await refusal("bizar_send_message", { ...args, prompt: "go on" })).toContain("was refused");
      });
    }
  });
  test("a review that is over in the meantime refuses nothing", async () => {
    expect(await refusal("edit", {}, { why: null })).toBeUndefined();
  });
  test.each<[string, Hold["why"]]>([
    ["was up for review, and is gone. Draw it again and put it up", { kind: "gone" }],
    [`cannot be read: "It says \\"approve\\"."`, { kind: "unreadable", message: 'It says "approve".' }],
    [
      'changed since the user approved it: element "el_a" updated ("title"). Put it up again',
      { kind: "changed", changes: [{ change: "updated", what: "element", id: "el_a", fields: ["title"] }] },
    ],
  ])("what holds is told with how to go on: %s", async (words, why) => {
    expect(await refusal("edit", {}, { why })).toContain(words);
  });
  test("another session is not concerned", async () => {
    expect(await refusal("edit", {}, { waiting: "ses_2" })).toBeUndefined();
    expect(await refusal("edit", {}, { waiting: "ses_2", sessionId: "ses_1_a" })).toBeUndefined();
    expect(await refusal("edit", {}, { waiting: "ses_2_a", sessionId: "ses_1" })).toBeUndefined();
  });
  test.each([
    ["a subagent of the session that waits", "ses_1", "ses_1_a"],
    ["a subagent of its subagent", "ses_1", "ses_1_a_b"],
    ["the session whose subagent waits", "ses_1_a", "ses_1"],
    ["another subagent of that session", "ses_1_a_b", "ses_1_c"],
  ])("%s is refused as well", async (_, waiting, sessionId) => {
    expect(await refusal("edit", {}, { waiting, sessionId })).toContain("the session that asked is told");
    expect(await refusal("read", {}, { waiting, sessionId })).toBeUndefined();
  });
});
