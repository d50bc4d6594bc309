import { expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { actOnChanges } from "../../src/workspace/act-on-changes.ts";
import { applyChanges } from "../../src/workspace/apply-changes.ts";
import { discardChanges } from "../../src/workspace/branch-changes.ts";
import { openWorkspace } from "../../src/workspace/open-workspace.ts";
import { beginFolder, finishTurn, prepareCopy } from "../../src/workspace/own-folders.ts";
import { updateCopy } from "../../src/workspace/update-copy.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { gitRig, runGit, TEN_LINES, value } from "./git-rig.ts";

test("a copy is the caller's tree of the moment, and what the user sees of the repository stays byte for byte", async () => {
  const rig = gitRig();
  rig.write(".gitignore", "ignored.txt\n");
  rig.git(["add", ".gitignore"]);
  rig.git(["commit", "-qm", "ignore"]);
  rig.write("staged.txt", "staged");
  rig.git(["add", "staged.txt"]);
  rig.write("a.txt", `${TEN_LINES}more\n`);
  rig.write("new/untracked ü.txt", "untracked");
  rig.write("ignored.txt", "secret");
  const before = rig.seen();
  const agent = await rig.agent();
  expect(rig.seen()).toBe(before);
  expect(agent.base).toMatch(/^[0-9a-f]{7} \+ 3 changed files$/);
  expect(agent.read("a.txt")).toBe(`${TEN_LINES}more\n`);
  expect(agent.read("new/untracked ü.txt")).toBe("untracked");
  expect(agent.read("staged.txt")).toBe("staged");
  expect(existsSync(agent.path("ignored.txt"))).toBe(false);
  expect(runGit(["status", "--porcelain"], agent.state.copy)).toBe("");
  expect(rig.git(["worktree", "list", "--porcelain"])).toContain("locked");
  expect(rig.git(["for-each-ref", "--format=%(refname)", "refs/bizar"])).toBe(`refs/bizar/${agent.instanceId}/base`);
});

test("two agents' changes of one file and the user's edit meanwhile all stand there afterwards", async () => {
  const rig = gitRig();
  rig.write("dirty.txt", "dirty");
  const [first, second] = [await rig.agent("first"), await rig.agent("second")];
  first.write("a.txt", TEN_LINES.replace("line 1\n", "FIRST\n"));
  first.write("one.txt", "1");
  second.write("a.txt", TEN_LINES.replace("line 10\n", "SECOND\n"));
  second.write("two.txt", "2");
  rig.write("a.txt", TEN_LINES.replace("line 5\n", "USER\n"));
  const index = rig.git(["ls-files", "-s"]);
  expect(value(await finishTurn(rig.parts, first.instanceId))).toMatchObject({
    files: 2,
    insertions: 2,
    deletions: 1,
    applies: "clean",
  });
  value(await finishTurn(rig.parts, second.instanceId));
  value(await applyChanges(rig.parts, first.instanceId));
  value(await applyChanges(rig.parts, second.instanceId));
  expect(rig.read("a.txt")).toBe(
    TEN_LINES.replace("line 1\n", "FIRST\n").replace("line 5\n", "USER\n").replace("line 10\n", "SECOND\n"),
  );
  expect(rig.git(["status", "--porcelain", "-z"]).split("\0").toSorted()).toEqual([
    "",
    " M a.txt",
    "?? dirty.txt",
    "?? one.txt",
    "?? two.txt",
  ]);
  expect(rig.git(["ls-files", "-s"])).toBe(index);
  expect(existsSync(first.state.copy)).toBe(false);
  // Done again, nothing happens: not even to what the user has made of it.
  rig.write("one.txt", "mine now");
  expect(value(await applyChanges(rig.parts, first.instanceId))).toMatchObject({ isRepeated: true });
  expect(rig.read("one.txt")).toBe("mine now");
});

test("a conflict names its file and touches nothing; brought up to date and solved, it goes in", async () => {
  const rig = gitRig();
  const [first, second] = [await rig.agent(), await rig.agent()];
  first.write("a.txt", TEN_LINES.replace("line 5", "FIRST"));
  second.write("a.txt", TEN_LINES.replace("line 5", "SECOND"));
  second.write("b.txt", "b");
  value(await finishTurn(rig.parts, first.instanceId));
  value(await finishTurn(rig.parts, second.instanceId));
  value(await applyChanges(rig.parts, first.instanceId));
  const before = rig.seen();
  expect(await applyChanges(rig.parts, second.instanceId)).toMatchObject({
    ok: false,
    reason: "conflict",
    files: ["a.txt"],
  });
  expect(rig.seen()).toBe(before);
  expect(existsSync(join(rig.project, "b.txt"))).toBe(false);
  expect(value(await updateCopy(rig.parts, second.instanceId))).toEqual({ conflicts: ["a.txt"], isCurrent: false });
  expect(second.read("a.txt")).toContain("<<<<<<<");
  expect(runGit(["status", "--porcelain"], second.state.copy).split("\n")).toEqual([" M a.txt", "?? b.txt"]);
  second.write("a.txt", TEN_LINES.replace("line 5", "FIRST and SECOND"));
  expect(value(await finishTurn(rig.parts, second.instanceId))).toMatchObject({ files: 2, applies: "clean" });
  value(await applyChanges(rig.parts, second.instanceId));
  expect(rig.read("a.txt")).toBe(TEN_LINES.replace("line 5", "FIRST and SECOND"));
  expect(rig.read("b.txt")).toBe("b");
});

test("what an agent has committed counts, on whatever branch it stands then", async () => {
  const rig = gitRig();
  const agent = await rig.agent();
  agent.write("b.txt", "committed");
  runGit(["add", "-A"], agent.state.copy);
  runGit(["commit", "-qm", "by the agent"], agent.state.copy);
  agent.write("c.txt", "not committed");
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ files: 2, applies: "clean" });
  value(await applyChanges(rig.parts, agent.instanceId));
  expect([rig.read("b.txt"), rig.read("c.txt")]).toEqual(["committed", "not committed"]);
});

test("a folder without changes goes at once, with its refs; its agent starts anew from the files as they are then", async () => {
  const rig = gitRig();
  rig.write("opencode.json", '{ "model": "x/y" }');
  const agent = await rig.agent();
  agent.write("opencode.json", '{\n  "$schema": "https://opencode.ai/config.json", "model": "x/y" }');
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toBeNull();
  expect(existsSync(rig.parts.states.homeOf(agent.instanceId))).toBe(false);
  expect(rig.git(["for-each-ref", "refs/bizar"])).toBe("");
  expect(rig.git(["worktree", "list"]).split("\n")).toHaveLength(1);
  rig.write("later.txt", "later");
  const again = value(await prepareCopy(rig.parts, agent.instanceId));
  expect(await Bun.file(join(again.copy, "later.txt")).text()).toBe("later");
  writeFileSync(join(again.copy, "a.txt"), "changed");
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ files: 1 });
});

test("after an apply the next turn's changes are judged by themselves", async () => {
  const rig = gitRig();
  const agent = await rig.agent();
  agent.write("a.txt", TEN_LINES.replace("line 5", "once"));
  value(await finishTurn(rig.parts, agent.instanceId));
  value(await applyChanges(rig.parts, agent.instanceId));
  rig.write("a.txt", rig.read("a.txt").replace("line 9", "user"));
  const again = value(await prepareCopy(rig.parts, agent.instanceId));
  writeFileSync(join(again.copy, "a.txt"), rig.read("a.txt").replace("once", "twice"));
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ files: 1, insertions: 1, deletions: 1 });
  value(await applyChanges(rig.parts, agent.instanceId));
  expect(rig.read("a.txt")).toBe(TEN_LINES.replace("line 5", "twice").replace("line 9", "user"));
});

test("plans are in no copy, and no agent's file there comes back", async () => {
  const rig = gitRig();
  rig.write("plans/tracked/plan.json", "{}");
  rig.git(["add", "-A"]);
  rig.git(["commit", "-qm", "plan"]);
  rig.write("plans/new/plan.json", "{}");
  const agent = await rig.agent();
  expect(agent.base).toMatch(/^[0-9a-f]{7}$/);
  expect(existsSync(agent.path("plans"))).toBe(false);
  agent.write("plans/mine/plan.json", "{}");
  agent.write("b.txt", "b");
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ files: 1 });
  value(await applyChanges(rig.parts, agent.instanceId));
  expect(rig.git(["status", "--porcelain"]).split("\n")).toEqual(["?? b.txt", "?? plans/new/"]);
  expect(rig.read("plans/tracked/plan.json")).toBe("{}");
});

test("a repository without a commit, a linked worktree and a package of a monorepo each have their copy", async () => {
  const empty = gitRig({ hasCommit: false });
  empty.write("x.txt", "x");
  const one = await empty.agent();
  expect(one.base).toBe("no commit + 1 changed file");
  one.write("y.txt", "y");
  value(await finishTurn(empty.parts, one.instanceId));
  value(await applyChanges(empty.parts, one.instanceId));
  expect(empty.git(["status", "--porcelain"]).split("\n")).toEqual(["?? x.txt", "?? y.txt"]);

  const rig = gitRig();
  const linked = join(rig.project, "../linked");
  rig.git(["worktree", "add", "-q", "-b", "side", linked]);
  mkdirSync(join(linked, "packages/core"), { recursive: true });
  writeFileSync(join(linked, "packages/core/x.txt"), "x");
  const main = rig.seen();
  const two = await rig.agent("in a package", join(linked, "packages/core"));
  expect(two.state.copy.endsWith("/linked")).toBe(true);
  expect(two.read("packages/core/x.txt")).toBe("x");
  two.write("packages/core/y.txt", "y");
  value(await finishTurn(rig.parts, two.instanceId));
  value(await applyChanges(rig.parts, two.instanceId));
  expect(await Bun.file(join(linked, "packages/core/y.txt")).text()).toBe("y");
  expect(rig.seen()).toBe(main);
});

test("without git's working tree there is an error that says what to do, and never the shared folder", async () => {
  const rig = gitRig();
  const nowhere = temporaryFolder();
  const ask = { instanceId: createInstanceId(), title: "t" };
  expect(await beginFolder(rig.parts, { ...ask, directory: nowhere })).toMatchObject({
    reason: "no_repository",
    error: expect.stringContaining("git init"),
  });
  runGit(["init", "-q", "--bare", "bare.git"], nowhere);
  expect(await beginFolder(rig.parts, { ...ask, directory: join(nowhere, "bare.git") })).toMatchObject({
    reason: "no_repository",
  });
  const inside = gitRig({ root: rig.project, name: ".", hasCommit: false });
  expect(await beginFolder(inside.parts, { ...ask, directory: inside.project })).toMatchObject({
    reason: "state_inside",
  });
});

test.each(["git version 2.37.7", "git version 1.9.1"])("%s is refused by its number", async (version) => {
  const rig = gitRig();
  const bin = temporaryFolder();
  writeFileSync(join(bin, "git"), `#!/bin/sh\necho "${version}"\n`, { mode: 0o755 });
  const path = process.env["PATH"];
  try {
    process.env["PATH"] = bin;
    const refused = await beginFolder(rig.parts, {
      instanceId: createInstanceId(),
      title: "t",
      directory: rig.project,
    });
    expect(refused).toMatchObject({ reason: "old_git", error: expect.stringContaining(version) });
    rmSync(join(bin, "git"));
    expect(
      await beginFolder(rig.parts, { instanceId: createInstanceId(), title: "t", directory: rig.project }),
    ).toMatchObject({ reason: "no_git" });
  } finally {
    process.env["PATH"] = path;
  }
});

test.each(["apply", "branch", "update", "discard"] as const)(
  "a turn that has begun since its agent was seen to have ended keeps its folder from %s",
  async (action) => {
    const rig = gitRig();
    const agent = await rig.agent();
    agent.write("b.txt", "b");
    value(await finishTurn(rig.parts, agent.instanceId));
    const recordDir = temporaryFolder();
    const record = (endedAt: string | null) =>
      writeFileSync(join(recordDir, `${agent.instanceId}.json`), JSON.stringify({ endedAt }));
    const workspace = openWorkspace({
      ...{ isolationUntrackedMb: 100, worktreeSetup: null, worktreeSetupTimeoutMs: 1000 },
      ...{ worktreeDir: rig.parts.states.folder, recordDir },
    });
    const seen = { instanceId: agent.instanceId, folder: {}, endedAt: "2026-01-01T00:00:00.000Z" };
    record(null);
    expect(await actOnChanges(workspace, seen, action)).toMatchObject({ ok: false, reason: "at_work" });
    expect([agent.read("b.txt"), existsSync(join(rig.project, "b.txt"))]).toEqual(["b", false]);
    rig.write("c.txt", "c");
    record(seen.endedAt);
    value(await actOnChanges(workspace, seen, action));
  },
);

test("what was applied stays applied when its folder is discarded", async () => {
  const rig = gitRig({ untrackedBytes: 10 });
  const agent = await rig.agent();
  agent.write("b.txt", "b");
  agent.write("large.bin", "x".repeat(20));
  value(await finishTurn(rig.parts, agent.instanceId));
  value(await applyChanges(rig.parts, agent.instanceId));
  expect(existsSync(agent.state.copy)).toBe(true);
  value(await discardChanges(rig.parts, agent.instanceId));
  expect(existsSync(agent.state.copy)).toBe(false);
  expect(value(await applyChanges(rig.parts, agent.instanceId)).isRepeated).toBe(true);
});

test("a copy that was kept for what could not be brought back is brought up to date before its agent goes on", async () => {
  const rig = gitRig({ untrackedBytes: 10 });
  const agent = await rig.agent();
  agent.write("b.txt", "b");
  agent.write("large.bin", "x".repeat(20));
  value(await finishTurn(rig.parts, agent.instanceId));
  value(await applyChanges(rig.parts, agent.instanceId));
  rig.write("a.txt", "the user's, since then");
  rmSync(join(rig.project, "b.txt"));
  value(await prepareCopy(rig.parts, agent.instanceId));
  expect([agent.read("a.txt"), agent.read("large.bin"), existsSync(agent.path("b.txt"))]).toEqual([
    "the user's, since then",
    "x".repeat(20),
    false,
  ]);
  agent.write("c.txt", "c");
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ files: 1, applies: "clean" });
  value(await applyChanges(rig.parts, agent.instanceId));
  expect([rig.read("a.txt"), rig.read("c.txt"), existsSync(join(rig.project, "b.txt"))]).toEqual([
    "the user's, since then",
    "c",
    false,
  ]);
});
