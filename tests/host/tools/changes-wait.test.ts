import { describe, expect, test } from "bun:test";
import { waitForChanges } from "../../../src/host/tools/changes-wait.ts";
import { Workspace } from "../../../src/workspace/workspace.ts";
import { gitRig, TEN_LINES, value } from "../../workspace/git-rig.ts";
import { until } from "../../until.ts";
import { createPlanRig } from "../plan-rig.ts";
import { toolContext } from "../tool-rig.ts";

/** An agent that has changed a file, and a session that wants that applied. */
async function createRig() {
  const git = gitRig();
  const agent = await git.agent();
  agent.write("a.txt", TEN_LINES.replace("line 5", "five"));
  const workspace = new Workspace(git.parts);
  const plans = createPlanRig();
  const { instanceId } = agent;
  const wait = async (timeoutMs?: number) => {
    const given = { instanceId, agent: "thor", ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const result = await waitForChanges(plans.desk, workspace, given, toolContext({ sessionID: "ses_1" }));
    return JSON.parse((result as { output: string }).output);
  };
  const review = async () => value(await workspace.look(instanceId))?.state.review;
  const called = async () => await until("the user is called", () => plans.called.length > 0);
  return { git, agent, workspace, plans, wait, review, called, instanceId };
}

describe("changes that only the user applies", () => {
  test("are put up for review, and the apply of a person, by whatever way, is the answer", async () => {
    const { git, workspace, plans, wait, review, called, instanceId } = await createRig();
    const waiting = wait();
    await called();
    expect(plans.called).toEqual([instanceId]);
    expect(git.read("a.txt")).toBe(TEN_LINES);
    value(await workspace.apply(instanceId, { note: "Good" }));
    expect(await waiting).toMatchObject({ instanceId, status: "applied", note: "Good" });
    const decided = await review();
    expect(decided?.toldUntil).toBe(decided?.decidedAt ?? "");
  });

  test.each(["sent_back", "discarded"] as const)("are %s with the person's note", async (decision) => {
    const { git, workspace, wait, called, instanceId } = await createRig();
    const waiting = wait();
    await called();
    if (decision === "discarded") value(await workspace.discard(instanceId, "No"));
    else value(await workspace.reviews.decide(instanceId, { decision, note: "No", comments: 2 }));
    const answered = await waiting;
    expect(answered).toMatchObject({ status: decision, note: "No" });
    expect(answered.message).toContain(decision === "discarded" ? "has discarded" : "with 2 comments");
    expect(git.read("a.txt")).toBe(TEN_LINES);
  });

  test("stay up for review when the time is over, and when the user writes; a yes in the chat applies nothing", async () => {
    const { git, plans, wait, review, called } = await createRig();
    expect(await wait(1)).toMatchObject({ status: "timed_out" });
    const waiting = wait();
    await called();
    await plans.unread.hooks["chat.message"]({ sessionID: "ses_1" }, {
      message: { id: "msg_1" },
      parts: [{ type: "text", text: "yes, apply" }],
    } as never);
    const answered = await waiting;
    expect(answered).toMatchObject({ status: "user_message" });
    expect(answered.message).toContain("A yes in the chat applies nothing");
    expect(await review()).toMatchObject({ decision: null });
    expect(git.read("a.txt")).toBe(TEN_LINES);
  });

  test("are not put up where they conflict, are decided, or are none", async () => {
    const { git, workspace, plans, wait, instanceId, agent } = await createRig();
    git.write("a.txt", TEN_LINES.replace("line 5", "the user's"));
    expect(await wait()).toMatchObject({ reason: "conflict", files: ["a.txt"] });
    git.write("a.txt", TEN_LINES);
    agent.write("a.txt", TEN_LINES);
    expect(await wait()).toMatchObject({ reason: "nothing_to_do" });
    value(await workspace.discard(instanceId));
    expect(await wait()).toMatchObject({ reason: "nothing_to_do", error: expect.stringContaining("discarded") });
    expect(plans.called).toEqual([]);
  });
});
