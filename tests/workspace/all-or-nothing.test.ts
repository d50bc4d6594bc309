import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { Workspace } from "../../src/workspace/workspace.ts";
import { applyChanges } from "../../src/workspace/apply-changes.ts";
import { branchChanges, discardChanges } from "../../src/workspace/branch-changes.ts";
import { beginFolder, cancelFolder, expireFolder, finishTurn, prepareCopy } from "../../src/workspace/own-folders.ts";
import { putTree } from "../../src/workspace/put-tree.ts";
import { done } from "../../src/workspace/result.ts";
import { takeSnapshot } from "../../src/workspace/snapshot.ts";
import { canMount, fillDisk, smallDisk } from "../store/small-disk.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { gitRig, TEN_LINES, value } from "./git-rig.ts";

test("where a file cannot be written, all are as they were", async () => {
  const rig = gitRig();
  rig.write("x/one.txt", "one");
  rig.write("y/two.txt", "two");
  const root = { root: rig.project, gitDir: join(rig.project, ".git") };
  const settings = { untrackedBytes: 1e6, without: [] };
  const from = value(await takeSnapshot(root, settings)).tree;
  rig.write("x/one.txt", "ONE");
  rmSync(join(rig.project, "a.txt"));
  rig.write("y/new/three.txt", "three");
  rig.write("y/two.txt", "TWO");
  const to = value(await takeSnapshot(root, settings)).tree;
  rig.write("x/one.txt", "one");
  rig.write("a.txt", TEN_LINES);
  rig.write("y/two.txt", "two");
  rmSync(join(rig.project, "y/new"), { recursive: true });
  // Between the last look and the writing, a folder has come into the place of a file.
  const changedSince = async () => {
    rmSync(join(rig.project, "y/two.txt"));
    rig.write("y/two.txt/z", "z");
    return done([]);
  };
  expect(await putTree(root, { from, to, changedSince })).toMatchObject({
    ok: false,
    reason: "disk",
    error: expect.stringContaining("Nothing was changed"),
  });
  expect([
    rig.read("x/one.txt"),
    rig.read("a.txt"),
    rig.read("y/two.txt/z"),
    existsSync(join(rig.project, "y/new")),
  ]).toEqual(["one", TEN_LINES, "z", false]);
});

test("a link that has come into the place of a folder is not followed", async () => {
  const rig = gitRig();
  const outside = temporaryFolder();
  rig.write("x/one.txt", "one");
  const root = { root: rig.project, gitDir: join(rig.project, ".git") };
  const settings = { untrackedBytes: 1e6, without: [] };
  const from = value(await takeSnapshot(root, settings)).tree;
  rig.write("x/two.txt", "two");
  const to = value(await takeSnapshot(root, settings)).tree;
  rmSync(join(rig.project, "x"), { recursive: true });
  symlinkSync(outside, join(rig.project, "x"));
  expect(await putTree(root, { from, to, changedSince: async () => done([]) })).toMatchObject({ ok: false });
  expect(existsSync(join(outside, "two.txt"))).toBe(false);
});

test("an edit of the user's while an apply is under way is merged, not lost", async () => {
  const rig = gitRig();
  const agent = await rig.agent();
  agent.write("a.txt", TEN_LINES.replace("line 1\n", "agent\n"));
  value(await finishTurn(rig.parts, agent.instanceId));
  const applying = applyChanges(rig.parts, agent.instanceId);
  rig.write("a.txt", TEN_LINES.replace("line 10\n", "user\n"));
  value(await applying);
  expect(rig.read("a.txt")).toBe(TEN_LINES.replace("line 1\n", "agent\n").replace("line 10\n", "user\n"));
});

test("an apply that was cut off in its middle is completed by the next one", async () => {
  const rig = gitRig();
  const agent = await rig.agent();
  agent.write("a.txt", TEN_LINES.replace("line 1\n", "agent\n"));
  agent.write("b.txt", "b");
  value(await finishTurn(rig.parts, agent.instanceId));
  // Its first file was written, its second was not, and nobody has noted anything.
  rig.write("a.txt", TEN_LINES.replace("line 1\n", "agent\n"));
  mkdirSync(join(rig.project, ".git/bizar-0123456789ab"));
  expect(value(await applyChanges(rig.parts, agent.instanceId))).toMatchObject({ files: 2, isRepeated: false });
  expect([rig.read("a.txt"), rig.read("b.txt")]).toEqual([TEN_LINES.replace("line 1\n", "agent\n"), "b"]);
  expect(existsSync(join(rig.project, ".git/bizar-0123456789ab"))).toBe(false);
});

test("a copy whose making was cut off is made anew", async () => {
  const rig = gitRig();
  const instanceId = createInstanceId();
  value(await beginFolder(rig.parts, { instanceId, title: "t", directory: rig.project }));
  const state = await rig.parts.states.read(instanceId);
  const copy = state?.copy ?? "";
  rig.git(["worktree", "add", "-q", "--detach", "--lock", copy]);
  rmSync(join(copy, "a.txt"));
  value(await prepareCopy(rig.parts, instanceId));
  expect(await Bun.file(join(copy, "a.txt")).text()).toBe(TEN_LINES);
});

test("a branch holds the agent's changes alone, on the user's commit; one that needs what is not committed holds both", async () => {
  const rig = gitRig();
  rig.write("plans/p/plan.json", "{}");
  rig.git(["add", "-A"]);
  rig.git(["commit", "-qm", "plan"]);
  rig.write("dirty.txt", "dirty\n");
  const agent = await rig.agent("Fix the Ärger!");
  agent.write("b.txt", "b");
  value(await finishTurn(rig.parts, agent.instanceId));
  const before = rig.git(["status", "--porcelain"]);
  const first = value(await branchChanges(rig.parts, agent.instanceId));
  expect(first).toEqual({ branch: `bizar/fix-the-a-rger-${agent.instanceId.slice(-6).toLowerCase()}`, isOnHead: true });
  expect(value(await branchChanges(rig.parts, agent.instanceId))).toEqual(first);
  expect(rig.git(["diff", "--name-status", "main", first.branch])).toBe("A\tb.txt");
  expect(rig.git(["log", "-1", "--format=%an %s", first.branch])).toBe("User Fix the Ärger!");
  expect(rig.git(["status", "--porcelain"])).toBe(before);

  const other = await rig.agent("needs it");
  other.write("dirty.txt", "dirty, and changed\n");
  value(await finishTurn(rig.parts, other.instanceId));
  const second = value(await branchChanges(rig.parts, other.instanceId));
  expect(second.isOnHead).toBe(false);
  expect(rig.git(["diff", "--name-status", `${second.branch}~`, second.branch])).toBe("M\tdirty.txt");
  // What the user has done to a branch of that name stays.
  rig.git(["branch", "-f", first.branch, "main"]);
  expect(value(await branchChanges(rig.parts, agent.instanceId)).branch).toBe(`${first.branch}-2`);
});

test("discarded, nothing is left of it; a record that goes leaves the work that nobody decided on", async () => {
  const rig = gitRig();
  const [discarded, kept, empty] = [await rig.agent(), await rig.agent(), await rig.agent()];
  for (const agent of [discarded, kept]) {
    agent.write("b.txt", agent.instanceId);
    value(await finishTurn(rig.parts, agent.instanceId));
  }
  value(await discardChanges(rig.parts, discarded.instanceId));
  value(await discardChanges(rig.parts, discarded.instanceId));
  expect(await applyChanges(rig.parts, discarded.instanceId)).toMatchObject({ ok: false, reason: "nothing_to_do" });
  // What was done since the last look counts as well.
  kept.write("later.txt", "later");
  mkdirSync(kept.path("cache"));
  kept.write("cache/read-only", "x", 0o400);
  chmodSync(kept.path("cache"), 0o500);
  for (const { instanceId } of [discarded, kept, empty]) value(await expireFolder(rig.parts, instanceId));
  for (const { instanceId } of [discarded, kept, empty])
    expect(existsSync(rig.parts.states.homeOf(instanceId))).toBe(false);
  expect(rig.git(["worktree", "list"]).split("\n")).toHaveLength(1);
  expect(rig.git(["for-each-ref", "--format=%(refname)", "refs/bizar"]).split("\n")).toEqual([
    `refs/bizar/${kept.instanceId}/base`,
    `refs/bizar/${kept.instanceId}/result`,
  ]);
  expect(rig.git(["show", `refs/bizar/${kept.instanceId}/result:later.txt`])).toBe("later");
  value(await applyChanges(rig.parts, kept.instanceId));
  expect(rig.read("b.txt")).toBe(kept.instanceId);
});

test.if(canMount)("on a full disk there is a clear error, and the repository is as it was", async () => {
  const rig = gitRig({ root: smallDisk("4m") });
  rig.write("new.bin", crypto.getRandomValues(new Uint8Array(60_000)));
  const before = rig.seen();
  const giveBack = fillDisk(rig.project);
  const begun = await beginFolder(rig.parts, { instanceId: createInstanceId(), title: "t", directory: rig.project });
  expect(begun).toMatchObject({ ok: false, reason: "disk", error: expect.stringContaining("disk is full") });
  giveBack();
  expect(rig.seen()).toBe(before);
  value(await beginFolder(rig.parts, { instanceId: createInstanceId(), title: "t", directory: rig.project }));
});

test("a folder that was begun for nobody leaves nothing", async () => {
  const rig = gitRig();
  const instanceId = createInstanceId();
  value(await beginFolder(rig.parts, { instanceId, title: "t", directory: rig.project }));
  await cancelFolder(rig.parts, instanceId);
  expect(rig.git(["for-each-ref", "refs/bizar"])).toBe("");
  expect(await rig.parts.states.list()).toEqual([]);
});

test("what is known of a folder and cannot be read is never swept away", async () => {
  const rig = gitRig();
  const agent = await rig.agent();
  agent.write("b.txt", "work");
  writeFileSync(rig.parts.states.pathOf(agent.instanceId), '{ "schemaVersion": "2" }');
  const clock = { ...rig.parts.clock, now: () => Date.now() + 86_400_000 };
  const swept = await new Workspace({ ...rig.parts, clock }).sweep(async () => false);
  expect(swept).toEqual({ removed: [], failed: [] });
  expect(agent.read("b.txt")).toBe("work");
});

test("a folder with nothing in it gives way to a file; one with ignored files is in the way, and named", async () => {
  const rig = gitRig();
  rig.write(".gitignore", "*.log\n");
  const [one, two] = [await rig.agent(), await rig.agent()];
  for (const agent of [one, two]) {
    agent.write(agent === one ? "hollow" : "full", "a file\n");
    value(await finishTurn(rig.parts, agent.instanceId));
  }
  mkdirSync(join(rig.project, "hollow/below"), { recursive: true });
  rig.write("full/of/x.log", "kept");
  value(await applyChanges(rig.parts, one.instanceId));
  expect(rig.read("hollow")).toBe("a file\n");
  expect(value(await finishTurn(rig.parts, two.instanceId))).toMatchObject({ applies: ["full/of/x.log"] });
  const refused = await applyChanges(rig.parts, two.instanceId);
  expect(refused).toMatchObject({ ok: false, reason: "conflict", files: ["full/of/x.log"] });
  expect(rig.read("full/of/x.log")).toBe("kept");
});
