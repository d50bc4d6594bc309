import { describe, expect, test } from "bun:test";
import type { ChangedFile } from "../../src/workspace/changed-files.ts";
import { ChangeReviews } from "../../src/workspace/change-reviews.ts";
import { Workspace } from "../../src/workspace/workspace.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { until } from "../until.ts";
import { gitRig, TEN_LINES, value, type AgentRig, type GitRig } from "./git-rig.ts";

async function changesOf(rig: GitRig, { instanceId }: AgentRig) {
  const workspace = new Workspace(rig.parts);
  const { state } = value(await workspace.look(instanceId))!;
  const trees = { from: state.baseTree, to: state.resultTree ?? state.baseTree };
  const patch = async (file: Pick<ChangedFile, "path" | "oldPath">) =>
    new TextDecoder().decode(value(await workspace.reviews.patch(state, trees, file)));
  return { workspace, state, files: value(await workspace.reviews.files(state)), patch };
}

describe("what people look at", () => {
  test("is every file once, with its lines, whatever has become of it and whatever it is called", async () => {
    const rig = gitRig();
    rig.write("old name.txt", `${TEN_LINES}${TEN_LINES}`);
    rig.write("ünï\tcode.txt", "a\n");
    rig.write("gone.txt", "one\ntwo\n");
    rig.write("[x]/*.txt", "star\n");
    const agent = await rig.agent();
    rig.git(["mv", "old name.txt", "new näme.txt"], agent.state.copy);
    agent.write("new näme.txt", `${TEN_LINES}${TEN_LINES}more\n`);
    agent.write("ünï\tcode.txt", "b\n");
    agent.write("[x]/*.txt", "star\nsecond\n");
    agent.write("binary", new Uint8Array([0, 1, 2, 0, 255]));
    rig.git(["rm", "-q", "gone.txt"], agent.state.copy);
    const { files, patch } = await changesOf(rig, agent);
    expect(files.map(({ id, ...file }) => (id.length === 40 ? file : id))).toEqual([
      { path: "[x]/*.txt", kind: "changed", insertions: 1, deletions: 0, isBinary: false },
      { path: "binary", kind: "added", insertions: 0, deletions: 0, isBinary: true },
      { path: "gone.txt", kind: "deleted", insertions: 0, deletions: 2, isBinary: false },
      { path: "new näme.txt", oldPath: "old name.txt", kind: "renamed", insertions: 1, deletions: 0, isBinary: false },
      { path: "ünï\tcode.txt", kind: "changed", insertions: 1, deletions: 1, isBinary: false },
    ]);
    expect(await patch(files[0]!)).toContain("+second");
    const renamed = await patch(files[3]!);
    expect(renamed).toContain("+more");
    expect(renamed).not.toContain("-line 1");
    expect(await patch(files[4]!)).toContain("-a\n+b\n");
  });

  test("is told of other agents by the files of those that are open and of the same tree", async () => {
    const rig = gitRig();
    const [one, two, three] = [await rig.agent("one"), await rig.agent("two"), await rig.agent("three")];
    one.write("a.txt", "one\n");
    two.write("a.txt", "two\n");
    two.write("b.txt", "two\n");
    three.write("a.txt", "three\n");
    const elsewhere = await gitRig().agent("elsewhere");
    elsewhere.write("a.txt", "x\n");
    const { workspace, state } = await changesOf(rig, one);
    value(await workspace.discard(three.instanceId));
    expect([...(await workspace.reviews.others(state))]).toEqual([[two.instanceId, ["a.txt", "b.txt"]]]);
  });
});

describe("a review", () => {
  test("goes on for whoever asked, and ends with the apply, by whichever way", async () => {
    const rig = gitRig();
    const agent = await rig.agent();
    agent.write("a.txt", "changed\n");
    const { workspace } = await changesOf(rig, agent);
    const asked = value(await workspace.reviews.ask(agent.instanceId, "ses_1")).review;
    expect(asked).toMatchObject({ sessionId: "ses_1", decision: null });
    expect(value(await workspace.reviews.ask(agent.instanceId, "ses_1")).review).toEqual(asked);
    value(await workspace.apply(agent.instanceId, { note: "Thanks" }));
    const { review } = value(await workspace.look(agent.instanceId))!.state;
    expect(review).toMatchObject({ decision: "applied", note: "Thanks", decidedAt: expect.any(String) });
  });

  test("ends with a discard, and with what is sent back; nothing is decided twice", async () => {
    const rig = gitRig();
    const agent = await rig.agent();
    agent.write("a.txt", "changed\n");
    const { workspace } = await changesOf(rig, agent);
    value(await workspace.reviews.ask(agent.instanceId, "ses_1"));
    value(await workspace.reviews.decide(agent.instanceId, { decision: "sent_back", comments: 2 }));
    value(await workspace.reviews.decide(agent.instanceId, { decision: "discarded" }));
    const { review } = value(await workspace.look(agent.instanceId))!.state;
    expect(review).toMatchObject({ decision: "sent_back", comments: 2 });
    value(await workspace.reviews.ask(agent.instanceId, "ses_2"));
    value(await workspace.discard(agent.instanceId));
    expect(value(await workspace.look(agent.instanceId))!.state.review).toMatchObject({
      ...{ sessionId: "ses_2", decision: "discarded" },
    });
  });

  test("is looked at when its file has changed, and beside that seldom; each second where nothing is watched", async () => {
    const rig = gitRig();
    const agent = await rig.agent();
    agent.write("a.txt", "changed\n");
    const clock = new FakeClock();
    const folder: { changed?: (name: string | null) => void; failed?: (error: unknown) => void } = {};
    const reviews = new ChangeReviews({ ...rig.parts, clock }, (_folder, changed, failed) => {
      Object.assign(folder, { changed, failed });
      return { close: () => undefined };
    });
    const { instanceId } = agent;
    const told: (string | undefined)[] = [];
    const watch = reviews.watch(instanceId, (review) => told.push(review?.sessionId));
    await until("it is looked at", () => told.length === 1 && clock.pending > 0);
    expect(clock.untilNext).toBe(10_000);
    value(await new Workspace(rig.parts).reviews.ask(instanceId, "ses_1"));
    folder.changed?.("0123456789abcdef.kept");
    expect(clock.untilNext).toBe(10_000);
    folder.changed?.(`${instanceId}.json`);
    await until("it is told", () => told.length === 2);
    folder.failed?.(new Error("no watch is left"));
    await until("it is looked at again", () => clock.untilNext === 1000);
    watch.close();
    expect([told, clock.pending]).toEqual([[undefined, "ses_1"], 0]);
  });

  test("applies no more than what was looked at", async () => {
    const rig = gitRig();
    const agent = await rig.agent();
    agent.write("a.txt", "looked at\n");
    const { workspace, state } = await changesOf(rig, agent);
    agent.write("a.txt", "not looked at\n");
    expect(await workspace.apply(agent.instanceId, { seen: state.resultTree ?? "" })).toMatchObject({
      reason: "changed",
    });
    expect(rig.read("a.txt")).toBe(TEN_LINES);
    agent.write("a.txt", "looked at\n");
    expect(await workspace.apply(agent.instanceId, { seen: state.resultTree ?? "" })).toMatchObject({ ok: true });
    expect(rig.read("a.txt")).toBe("looked at\n");
  });

  test("keeps what was said in a file of the user's own, which goes with the changes", async () => {
    const rig = gitRig();
    const agent = await rig.agent();
    agent.write("a.txt", "changed\n");
    const { reviews } = new Workspace(rig.parts);
    expect(await reviews.readRound(agent.instanceId)).toBeUndefined();
    value(await reviews.writeRound(agent.instanceId, { comments: ["x"] }));
    expect(await reviews.readRound(agent.instanceId)).toEqual({ comments: ["x"] });
    value(await new Workspace(rig.parts).discard(agent.instanceId));
    expect(await reviews.readRound(agent.instanceId)).toBeUndefined();
    expect(await reviews.writeRound("bgr_01J00000000000000000000009", {})).toMatchObject({ reason: "no_folder" });
  });
});
