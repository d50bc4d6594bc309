import { expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ulid } from "ulid";
import { FolderStates } from "../../src/workspace/folder-state.ts";
import { beginFolder, finishTurn, ownFolderOf as folderOf, prepareCopy } from "../../src/workspace/own-folders.ts";
import { gitRig, runGit, value } from "../workspace/git-rig.ts";
import { createCommandLine } from "./command-line-rig.ts";

const HOUR_MS = 3_600_000;

test("diff, apply, branch, discard, worktrees and gc on the command line", async () => {
  const line = createCommandLine();
  const rig = gitRig();
  const parts = { ...rig.parts, states: new FolderStates(line.paths.worktreeDir) };
  const ids = [0, 1, 2].map(() => `bgr_${ulid(Date.now() - 2 * HOUR_MS)}`);
  const [applied = "", discarded = "", orphan = ""] = ids;
  for (const instanceId of ids) {
    value(await beginFolder(parts, { instanceId, title: "a task", directory: rig.project }));
    const state = value(await prepareCopy(parts, instanceId));
    writeFileSync(join(state.copy, "b.txt"), "by the agent\n");
    value(await finishTurn(parts, instanceId));
    if (instanceId !== orphan) await line.leave("done", { instanceId, folder: folderOf(state) });
  }
  const listed = await line.run("worktrees");
  expect(listed.stdout).toMatch(new RegExp(`${applied}\\s+done\\s+open\\s+0\\.0 MB\\s+${line.paths.worktreeDir}`));
  expect(listed.stdout).toMatch(new RegExp(`${orphan}\\s+no record`));

  const shown = await line.run("diff", applied.slice(-8));
  expect(shown.stdout).toContain("+by the agent");
  expect(shown.stderr).toContain("1 file, +1 -0; they fit");
  expect((await line.run("branch", applied)).stdout).toContain("bizar/a-task-");
  expect(await line.run("apply", applied)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Applied") });
  expect(rig.read("b.txt")).toBe("by the agent\n");
  rig.write("b.txt", "mine\n");
  expect(await line.run("apply", discarded)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("b.txt") });
  expect(await line.run("discard", discarded)).toMatchObject({ exitCode: 0 });

  // The agent's record has gone: the folder goes, the work stays.
  expect((await line.run("gc", "--dry-run")).stdout).toContain(
    `${join(line.paths.worktreeDir, orphan)} would be removed`,
  );
  expect(existsSync(join(line.paths.worktreeDir, orphan))).toBe(true);
  expect((await line.run("gc")).stdout).toContain(`${join(line.paths.worktreeDir, orphan)} removed`);
  expect(existsSync(join(line.paths.worktreeDir, orphan))).toBe(false);
  expect(runGit(["show", `refs/bizar/${orphan}/result:b.txt`], rig.project)).toBe("by the agent");
  expect((await line.run("worktrees")).stdout).toContain(`refs/bizar/${orphan}/result in ${rig.project}`);
  expect((await line.run("gc")).stdout).not.toContain(orphan);
  expect((await line.run("diff", orphan.slice(-8))).stdout).toContain("+by the agent");
  expect((await line.run("branch", orphan)).stdout).toContain("bizar/a-task-");
  expect(await line.run("discard", orphan)).toMatchObject({ exitCode: 0 });
  expect(runGit(["for-each-ref", `refs/bizar/${orphan}`], rig.project)).toBe("");
  await line.run("gc");
  expect((await line.run("worktrees")).stdout).not.toContain(orphan);
});

test("an agent of the shared folder has nothing to bring back, and one at work is left alone", async () => {
  const line = createCommandLine();
  const ids = [`bgr_${ulid()}`, `bgr_${ulid()}`];
  await line.leave("done", { instanceId: ids[0]! });
  const folder = { original: "/p", copy: "/c", directory: "/c", base: "a1b2c3d" };
  await line.leave("running", { instanceId: ids[1]!, folder });
  expect((await line.run("apply", ids[0]!)).stderr).toContain("works in the shared folder");
  expect((await line.run("apply", ids[1]!)).stderr).toContain("is at work in its folder");
});
