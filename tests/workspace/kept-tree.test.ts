import { expect, test } from "bun:test";
import { chmodSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { takeSnapshot } from "../../src/workspace/snapshot.ts";
import { Workspace } from "../../src/workspace/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { gitRig, runGit, value, type GitRig } from "./git-rig.ts";

const ROOM = 1000;

/** What people and agents do to a working tree, one after the other. */
const EDITS: Readonly<Record<string, (rig: GitRig) => void>> = {
  "nothing at all": () => undefined,
  "a tracked file is changed": (rig) => rig.write("a.txt", "other\n"),
  "a tracked file is changed to one of the same length": (rig) => rig.write("a.txt", "OTHER\n"),
  "a new file comes": (rig) => rig.write("new.txt", "new\n"),
  "a new file is changed": (rig) => rig.write("new.txt", "newer\n"),
  "new files come in a folder": (rig) => (rig.write("dir/one.txt", "1"), rig.write("dir/deep/two.txt", "2")),
  "a new file goes": (rig) => rmSync(join(rig.project, "new.txt")),
  "a file becomes a program": (rig) => chmodSync(join(rig.project, "a.txt"), 0o755),
  "a folder becomes a link": (rig) => {
    renameSync(join(rig.project, "dir/deep"), join(rig.project, "dir/moved"));
    symlinkSync("moved", join(rig.project, "dir/deep"));
  },
  "a file becomes a folder": (rig) => {
    rmSync(join(rig.project, "dir/one.txt"));
    rig.write("dir/one.txt/inner.txt", "1");
  },
  "files are to be ignored, one of which is there": (rig) => rig.write(".gitignore", "*.log\ndir/moved\n"),
  "a new rule of the same length ignores others": (rig) => rig.write(".gitignore", "*.txt\ndir/moved\n"),
  "no rule ignores anything": (rig) => rig.write(".gitignore", "\n"),
  "a list outside of the tree ignores some": (rig) => rig.write(".git/info/exclude", "dir/moved\n"),
  "that list is empty": (rig) => rig.write(".git/info/exclude", ""),
  "the user's own list ignores some": (rig) => {
    rig.write(".git/mine", "two.txt\n");
    rig.git(["config", "core.excludesFile", join(rig.project, ".git/mine")]);
  },
  "the user's own list is changed": (rig) => rig.write(".git/mine", "inner.txt\n"),
  "a folder ignores itself": (rig) => rig.write("dir/moved/.gitignore", "*\n"),
  "and does no more": (rig) => rmSync(join(rig.project, "dir/moved/.gitignore")),
  "a file that is ignored is tracked all the same": (rig) => {
    rig.write("kept.log", "log\n");
    rig.write(".gitignore", "*.log\n");
    rig.git(["add", "-f", "kept.log"]);
  },
  "it goes": (rig) => rmSync(join(rig.project, "kept.log")),
  "it comes back": (rig) => rig.write("kept.log", "back\n"),
  "it is gone from the index": (rig) => rig.git(["rm", "-q", "--cached", "-f", "kept.log"]),
  "all is committed": (rig) => (rig.git(["add", "-A"]), rig.git(["commit", "-qm", "all"])),
  "git is told to overlook a file that is changed": (rig) => {
    rig.git(["update-index", "--assume-unchanged", "a.txt"]);
    rig.write("a.txt", "not to be seen\n");
  },
  "a file is not to be there": (rig) => {
    rig.git(["update-index", "--skip-worktree", "dir/moved/two.txt"]);
    rmSync(join(rig.project, "dir/moved/two.txt"));
  },
  "it is there all the same": (rig) => rig.write("dir/moved/two.txt", "there\n"),
  "a file comes that has no room": (rig) => rig.write("large.bin", "x".repeat(ROOM + 1)),
  "it becomes smaller": (rig) => rig.write("large.bin", "x"),
  "two files come that have no room together": (rig) => {
    rig.write("half.bin", "x".repeat(ROOM / 2));
    rig.write("more.bin", "x".repeat(ROOM / 2 + 1));
  },
  "the smaller one grows": (rig) => rig.write("half.bin", "x".repeat(ROOM / 2 + 2)),
  "both go": (rig) => (rmSync(join(rig.project, "half.bin")), rmSync(join(rig.project, "more.bin"))),
  "files come in another folder": (rig) => rig.write("sub/file.txt", "file\n"),
  "a repository is made of it": (rig) => void runGit(["init", "-q"], join(rig.project, "sub")),
  "plans are drawn": (rig) => rig.write("plans/one/plan.json", "{}"),
  "a file comes with other line ends": (rig) => rig.write("crlf.txt", "a\r\nb\r\n"),
  "line ends are to be kept otherwise": (rig) => {
    rig.git(["config", "core.autocrlf", "input"]);
    rig.write("crlf-2.txt", "a\r\nb\r\n");
  },
  "an attribute says so": (rig) => rig.write(".gitattributes", "*.txt text eol=lf\n"),
  "one more comes": (rig) => rig.write("fresh.txt", "fresh\n"),
  "what no ref leads to is thrown away": (rig) => void rig.git(["gc", "-q", "--prune=now"]),
  "a name has blanks, umlauts and quotes": (rig) => rig.write('a "b" ü\tc.txt', "odd\n"),
  "a file is put off": (rig) => (rig.git(["add", "-N", "fresh.txt"]), rig.write("fresh.txt", "again\n")),
  "a merge is not finished": (rig) => {
    rmSync(join(rig.project, "sub"), { recursive: true });
    rig.git(["update-index", "--no-assume-unchanged", "a.txt"]);
    rig.git(["add", "-A", "."]);
    rig.git(["commit", "-qm", "mine"]);
    rig.git(["checkout", "-q", "-b", "other", "HEAD~1"]);
    rig.write("a.txt", "theirs\n");
    rig.git(["commit", "-qam", "theirs"]);
    rig.git(["checkout", "-q", "-f", "main"]);
    rig.write("a.txt", "ours\n");
    rig.git(["commit", "-qam", "ours"]);
    expect(() => rig.git(["merge", "other"])).toThrow();
  },
  "its markers are resolved": (rig) => rig.write("a.txt", "both\n"),
};

test("a tree of which is kept what it was is taken down as if nothing were known of it", async () => {
  const rig = gitRig();
  const keptIn = temporaryFolder();
  const tree = { root: rig.project, gitDir: join(rig.project, ".git") };
  const settings = { untrackedBytes: ROOM, without: [] };
  const taken = async (more: object) => {
    const { tree: id, leftOut } = value(await takeSnapshot(tree, { ...settings, ...more }));
    return { id, leftOut };
  };
  for (const [name, edit] of Object.entries(EDITS)) {
    edit(rig);
    const kept = await taken({ keptIn });
    // No tree is of use whose files are not in the repository.
    rig.git(["rev-list", "--objects", "--quiet", kept.id]);
    const again = await taken({ keptIn });
    expect({ name, kept, again }).toEqual({ name, kept: again, again: await taken({}) });
  }
}, 60_000);

test("a look asks git of the agent's files, and of the caller's only where those are not as the agent found them", async () => {
  const rig = gitRig();
  const workspace = new Workspace(rig.parts);
  const agent = await rig.agent();
  const { instanceId } = agent;
  rig.write("new.txt", "new\n");
  agent.write("a.txt", "by the agent\n");
  const first = value(await workspace.finish(instanceId));
  const counted = async (look: (id: string) => ReturnType<Workspace["look"]>) => {
    const made = await countingGit(async () => value(await look(instanceId)));
    return { changes: made.value?.changes, commands: made.commands.toSorted() };
  };
  const look = async () => await counted(async (id) => await workspace.look(id));
  const judge = async () => await counted(async (id) => await workspace.judge(id));
  await look();
  expect(await look()).toEqual({ changes: first ?? undefined, commands: ["status"] });
  // What a turn has left is known when it is over.
  expect(await judge()).toEqual({ changes: first ?? undefined, commands: [] });
  rig.write("new.txt", "newer\n");
  expect((await judge()).commands).toEqual([]);
  rig.write("a.txt", "by the user\n");
  const conflicting = await judge();
  expect(conflicting.changes?.applies).toEqual(["a.txt"]);
  expect(conflicting.commands).toContain("merge-tree");
  expect((await look()).commands).toEqual(["status", "status"]);
  // The next turn has begun: nobody knows what it has done so far.
  value(await workspace.prepare(instanceId));
  agent.write("a.txt", "by the user\n");
  expect((await judge()).changes?.applies).toBe("clean");
});

/** Does something, and tells which commands of git it has started. */
async function countingGit<T>(
  run: () => Promise<T>,
): Promise<{ readonly value: T; readonly commands: readonly string[] }> {
  const folder = temporaryFolder();
  const log = join(folder, "log");
  const script = `#!/bin/sh\nfor word; do case $word in -c|*=*) ;; *) echo "$word" >> '${log}'; break ;; esac; done\nexec '${Bun.which("git")}' "$@"\n`;
  writeFileSync(join(folder, "git"), script, { mode: 0o755 });
  writeFileSync(log, "");
  const path = process.env["PATH"];
  process.env["PATH"] = `${folder}:${path}`;
  try {
    const done = await run();
    return {
      value: done,
      commands: readFileSync(log, "utf8")
        .trim()
        .split("\n")
        .filter((word) => word !== "version" && word !== ""),
    };
  } finally {
    process.env["PATH"] = path;
  }
}
