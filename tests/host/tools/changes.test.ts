import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryFolder } from "../../temporary-folder.ts";
import { sampleInstance } from "../../supervisor/sample-instance.ts";
import { gitRig } from "../../workspace/git-rig.ts";
import { createToolRig, recordOf } from "../tool-rig.ts";

/** An agent of another opencode, whose folder the caller's tree has left behind. */
async function createRig() {
  const root = temporaryFolder();
  const git = gitRig({ root });
  const agent = await git.agent();
  const { instanceId, state } = agent;
  const rig = createToolRig(8, {}, undefined, join(root, "state/bg"));
  agent.write("new.txt", "the agent's\n");
  git.write("a.txt", "the user's\n");
  const folder = { original: state.original, copy: state.copy, directory: state.copy, base: state.baseWords };
  rig.foreign.set(instanceId, { ...recordOf(sampleInstance("done", { instanceId, folder })), folder });
  const update = async () => (await rig.call("changes", { instanceId, action: "update" })).value;
  return { ...rig, instanceId, update };
}

test("an agent of another opencode is asked to go on with its updated folder by the one that holds it", async () => {
  const { update, owner, instanceId } = await createRig();
  expect((await update()).message).toEndWith("The agent goes on with it: collect it.");
  expect(owner.asked).toEqual([
    [instanceId, { kind: "send", prompt: expect.stringContaining("were merged into your folder") }],
  ]);
});

test("where that one does not react, the caller is told why, and what is left to do", async () => {
  const { update, owner } = await createRig();
  owner.answer = () => ({ ok: false, reason: "no_reaction", error: "It did not react." });
  expect((await update()).message).toMatch(
    /It was not told: .*It did not react\. Ask it to go on with bizar_send_message\.$/,
  );
});
