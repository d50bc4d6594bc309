import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { applyChanges } from "../../src/workspace/apply-changes.ts";
import { branchChanges } from "../../src/workspace/branch-changes.ts";
import { finishTurn, prepareCopy } from "../../src/workspace/own-folders.ts";
import { takeSnapshot } from "../../src/workspace/snapshot.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { gitRig, runGit, TEN_LINES, value, type AgentRig, type GitRig } from "./git-rig.ts";

async function finishAndApply(rig: GitRig, { instanceId }: AgentRig) {
  value(await finishTurn(rig.parts, instanceId));
  return value(await applyChanges(rig.parts, instanceId));
}

test("hooks that fail, signed commits and a missing name of the user's keep no agent from its folder", async () => {
  const rig = gitRig();
  for (const hook of ["post-checkout", "pre-commit", "reference-transaction", "post-index-change"]) {
    rig.write(`.git/hooks/${hook}`, "#!/bin/sh\ntouch ran-a-hook\nexit 1\n", 0o755);
  }
  const settings: readonly (readonly [string, string])[] = [
    ["commit.gpgsign", "true"],
    ["gpg.program", "/does/not/exist"],
    ["user.useConfigOnly", "true"],
    ["core.safecrlf", "true"],
    ["core.logAllRefUpdates", "always"],
    ["submodule.recurse", "true"],
  ];
  for (const [name, setting] of settings) rig.git(["config", name, setting]);
  rig.git(["config", "--unset", "user.email"]);
  const agent = await rig.agent();
  agent.write("b.txt", "b");
  await finishAndApply(rig, agent);
  expect(rig.read("b.txt")).toBe("b");
  value(await branchChanges(rig.parts, (await again(rig, agent)).instanceId));
  expect(existsSync(join(rig.project, "ran-a-hook"))).toBe(false);
});

/** The agent's next turn, in which it changes something. */
async function again(rig: GitRig, { instanceId }: AgentRig) {
  const { copy } = value(await prepareCopy(rig.parts, instanceId));
  writeFileSync(join(copy, "again.txt"), "again");
  value(await finishTurn(rig.parts, instanceId));
  return { instanceId };
}

test("variables of git that opencode was started with name no other repository or index", async () => {
  const rig = gitRig();
  const other = temporaryFolder();
  runGit(["init", "-q"], other);
  const given = {
    GIT_DIR: join(other, ".git"),
    GIT_WORK_TREE: other,
    GIT_INDEX_FILE: join(other, "index"),
    GIT_OBJECT_DIRECTORY: join(other, "objects"),
    GIT_EXTERNAL_DIFF: "false",
    GIT_CONFIG_PARAMETERS: "'core.hooksPath'='/tmp'",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_DIFF_OPTS: "-u0",
  };
  try {
    Object.assign(process.env, given);
    const agent = await rig.agent();
    agent.write("b.txt", "b");
    await finishAndApply(rig, agent);
    expect(rig.read("b.txt")).toBe("b");
  } finally {
    for (const name of Object.keys(given)) delete process.env[name];
  }
});

test("what shows differences to the user's eyes does not change the patch, and is not run", async () => {
  const rig = gitRig();
  const settings: readonly (readonly [string, string])[] = [
    ["diff.external", "touch ran-external #"],
    ["diff.shout.textconv", "touch ran-textconv #"],
    ["diff.noprefix", "true"],
    ["diff.mnemonicPrefix", "true"],
    ["color.ui", "always"],
    ["core.pager", "false"],
    ["diff.renames", "false"],
    ["core.quotePath", "true"],
  ];
  for (const [name, setting] of settings) rig.git(["config", name, setting]);
  rig.write(".gitattributes", "*.txt diff=shout\n");
  rig.git(["add", "-A"]);
  rig.git(["commit", "-qm", "attributes"]);
  const agent = await rig.agent();
  renameSync(agent.path("a.txt"), agent.path("ä b.txt"));
  agent.write("ä b.txt", `${TEN_LINES}more\n`);
  const changes = value(await finishTurn(rig.parts, agent.instanceId));
  expect(changes).toMatchObject({ files: 1, insertions: 1, deletions: 0, applies: "clean" });
  const patch = changes?.patchPath ?? "";
  expect(readFileSync(patch, "utf8")).toContain("rename from a.txt");
  expect(statSync(patch).mode & 0o077).toBe(0);
  rig.git(["apply", "--check", patch]);
  value(await applyChanges(rig.parts, agent.instanceId));
  expect([existsSync(join(rig.project, "a.txt")), rig.read("ä b.txt")]).toEqual([false, `${TEN_LINES}more\n`]);
  expect([existsSync(join(rig.project, "ran-external")), existsSync(join(rig.project, "ran-textconv"))]).toEqual([
    false,
    false,
  ]);
});

test("a filter of the user's cleans what is kept and fills what is written", async () => {
  const rig = gitRig();
  rig.git(["config", "filter.secret.clean", "sed s/open/closed/"]);
  rig.git(["config", "filter.secret.smudge", "sed s/closed/open/"]);
  rig.write(".gitattributes", "*.key filter=secret\n");
  rig.write("one.key", "open 1\n");
  const agent = await rig.agent();
  expect(agent.read("one.key")).toBe("open 1\n");
  agent.write("one.key", "open 2\n");
  await finishAndApply(rig, agent);
  expect(rig.read("one.key")).toBe("open 2\n");
});

test.each(["true", "input", "false"])(
  "line ends survive with core.autocrlf %s, as do binary files",
  async (autocrlf) => {
    const rig = gitRig();
    rig.git(["config", "core.autocrlf", autocrlf]);
    const crlf = TEN_LINES.replaceAll("\n", "\r\n");
    const binary = new Uint8Array(3000).map((_, index) => (index * 7) % 256);
    rig.write("crlf.txt", crlf);
    rig.write("data.bin", binary);
    const agent = await rig.agent();
    agent.write("crlf.txt", agent.read("crlf.txt").replace("line 2", "two"));
    agent.write("data.bin", binary.toReversed());
    expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({
      files: 2,
      insertions: 1,
      deletions: 1,
      applies: "clean",
    });
    rig.write("crlf.txt", crlf.replace("line 8", "user"));
    value(await applyChanges(rig.parts, agent.instanceId));
    expect(rig.read("crlf.txt")).toBe(crlf.replace("line 2", "two").replace("line 8", "user"));
    expect(new Uint8Array(readFileSync(join(rig.project, "data.bin")))).toEqual(binary.toReversed());
  },
);

test("renames, modes, links, and a folder in the place of a file come back as they are", async () => {
  const rig = gitRig();
  rig.write("script.sh", "#!/bin/sh\n");
  rig.write("file", "becomes a folder");
  rig.write("folder/x", "becomes a file");
  rig.write("old name.txt", TEN_LINES);
  symlinkSync("a.txt", join(rig.project, "link"));
  const agent = await rig.agent();
  expect(readlinkSync(agent.path("link"))).toBe("a.txt");
  chmodSync(agent.path("script.sh"), 0o755);
  rmSync(agent.path("file"));
  agent.write("file/inner ü.txt", "inner");
  rmSync(agent.path("folder"), { recursive: true });
  agent.write("folder", "a file now");
  mkdirSync(agent.path("sub"));
  renameSync(agent.path("old name.txt"), agent.path("sub/new name.txt"));
  rmSync(agent.path("link"));
  symlinkSync("../outside", agent.path("link"));
  await finishAndApply(rig, agent);
  expect(lstatSync(join(rig.project, "script.sh")).mode & 0o111).toBe(0o111);
  expect(rig.read("file/inner ü.txt")).toBe("inner");
  expect(rig.read("folder")).toBe("a file now");
  expect([existsSync(join(rig.project, "old name.txt")), rig.read("sub/new name.txt")]).toEqual([false, TEN_LINES]);
  expect(readlinkSync(join(rig.project, "link"))).toBe("../outside");
});

test("blanks, umlauts, quotes and line breaks in names are names", async () => {
  const rig = gitRig({ name: "prö ject" });
  const names = [
    "mit blank.txt",
    "ümläut.txt",
    'quo"te.txt',
    "line\nbreak.txt",
    "-dash.txt",
    ":(top)x.txt",
    "star*.txt",
    "[a].txt",
  ];
  for (const name of names.slice(0, 4)) rig.write(name, "before");
  const agent = await rig.agent();
  for (const name of names) agent.write(name, `now ${name}`);
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ files: names.length });
  value(await applyChanges(rig.parts, agent.instanceId));
  for (const name of names) expect(rig.read(name)).toBe(`now ${name}`);
});

test("large untracked files are left out by name, ignored ones are not looked at, and what fits is there", async () => {
  const rig = gitRig();
  rig.write(".gitignore", "ignored.bin\n");
  for (const name of ["ignored.bin", "data.bin"]) {
    rig.write(name, "");
    truncateSync(join(rig.project, name), 200_000_000);
  }
  rig.write("small.txt", "small");
  const agent = await rig.agent();
  expect(agent.notes.join()).toContain("data.bin (191 MB)");
  expect(agent.notes.join()).not.toContain("ignored.bin");
  expect(["small.txt", "data.bin", "ignored.bin"].map((name) => existsSync(agent.path(name)))).toEqual([
    true,
    false,
    false,
  ]);
  // A file of that name which the agent makes does not overwrite the user's.
  agent.write("data.bin", "mine");
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ applies: ["data.bin"] });
  expect(await applyChanges(rig.parts, agent.instanceId)).toMatchObject({
    ok: false,
    reason: "conflict",
    files: ["data.bin"],
  });
  expect(statSync(join(rig.project, "data.bin")).size).toBe(200_000_000);
});

test("what an agent makes that is too large is named and stays in its folder; the rest is brought back", async () => {
  const rig = gitRig({ untrackedBytes: 1000 });
  const agent = await rig.agent();
  agent.write("large.bin", "x".repeat(2000));
  agent.write("b.txt", "b");
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({
    files: 1,
    leftOut: ["large.bin (1 MB)"],
  });
  expect(value(await applyChanges(rig.parts, agent.instanceId)).leftOut).toEqual(["large.bin (1 MB)"]);
  expect(rig.read("b.txt")).toBe("b");
  expect(agent.read("large.bin")).toHaveLength(2000);
});

test("an ignored file of the user's in the way is named, and nothing is touched", async () => {
  const rig = gitRig();
  rig.write(".gitignore", ".env\n");
  rig.write(".env", "SECRET=1");
  const agent = await rig.agent();
  agent.write(".env", "SECRET=2");
  agent.write("b.txt", "b");
  runGit(["add", "-f", ".env"], agent.state.copy);
  value(await finishTurn(rig.parts, agent.instanceId));
  expect(await applyChanges(rig.parts, agent.instanceId)).toMatchObject({ ok: false, files: [".env"] });
  expect([rig.read(".env"), existsSync(join(rig.project, "b.txt"))]).toEqual(["SECRET=1", false]);
});

test("submodules and repositories inside are said, not copied and not brought back", async () => {
  const rig = gitRig();
  const library = gitRig();
  rig.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.project, "lib"]);
  rig.git(["commit", "-qm", "submodule"]);
  mkdirSync(join(rig.project, "nested"));
  runGit(["init", "-q"], join(rig.project, "nested"));
  rig.write("nested/x.txt", "x");
  const before = rig.seen();
  const agent = await rig.agent();
  expect(agent.notes).toEqual([
    "Not in the agent's folder: nested/ (a repository of its own).",
    "Submodules are empty there: lib.",
  ]);
  agent.write("b.txt", "b");
  expect(value(await finishTurn(rig.parts, agent.instanceId))).toMatchObject({ files: 1, applies: "clean" });
  expect(rig.seen()).toBe(before);
  value(await applyChanges(rig.parts, agent.instanceId));
  expect(existsSync(join(rig.project, "lib/a.txt"))).toBe(true);
});

test("files in the middle of a merge, or only meant to be added, are taken as they lie there", async () => {
  const rig = gitRig();
  rig.git(["switch", "-qc", "side"]);
  rig.write("a.txt", "side\n");
  rig.git(["commit", "-qam", "side"]);
  rig.git(["switch", "-q", "main"]);
  rig.write("a.txt", "main\n");
  rig.git(["commit", "-qam", "main"]);
  expect(() => rig.git(["merge", "side"])).toThrow();
  rig.write("meant.txt", "meant");
  rig.git(["add", "-N", "meant.txt"]);
  const before = rig.seen();
  const agent = await rig.agent();
  expect(rig.seen()).toBe(before);
  expect(agent.read("a.txt")).toContain("<<<<<<<");
  expect(agent.read("meant.txt")).toBe("meant");
});

test("a file that was changed in the moment in which the index was written is not taken for unchanged", async () => {
  const rig = gitRig();
  for (let round = 0; round < 5; round++) {
    rig.write("racy.txt", `1${round}`);
    rig.git(["add", "racy.txt"]);
    // As long as before, and within the same tick of the clock.
    rig.write("racy.txt", `2${round}`);
    const { tree } = value(
      await takeSnapshot(
        { root: rig.project, gitDir: join(rig.project, ".git") },
        { untrackedBytes: 1e6, without: [] },
      ),
    );
    expect(rig.git(["show", `${tree}:racy.txt`])).toBe(`2${round}`);
  }
});
