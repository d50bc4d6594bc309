import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BackFile } from "../../../src/backends/back-file.ts";
import { BUNDLE, copyScripts, saidBy } from "../../../src/backends/servers/copy-script.ts";
import { diffFolder, unpackFolder } from "../../../src/workspace/travel.ts";
import { gitRig, runGit, TEN_LINES, value } from "../../workspace/git-rig.ts";

/** As opencode hands a command to a shell: a text in double quotes, evaluated. */
function shell(command: string, cwd: string) {
  const { stdout } = Bun.spawnSync(["bash", "-c", `eval ${JSON.stringify(command)}`], { cwd });
  return saidBy(stdout.toString());
}

test("an agent's files go to another clone as a patch, and all that was done there comes back", async () => {
  const rig = gitRig();
  const { project, parts } = rig;
  rig.write("plans/p/plan.json", "{}\n");
  rig.git(["add", "-A"]);
  rig.git(["commit", "-qm", "second"]);
  const clone = join(project, "..", 'clone of $HOME\'s "files"');
  runGit(["clone", "-q", project, clone], project);
  rig.write("latin.txt", new Uint8Array([0xe9, 10]));
  rig.write("run.sh", "#!/bin/sh\n", 0o755);
  rig.write("a.txt", `${TEN_LINES}more\n`);
  const agent = await rig.agent();
  const { commit, patch, tree } = value(await diffFolder(parts, agent.instanceId));
  expect(commit).toBe(rig.git(["rev-parse", "HEAD"]));

  const name = "bgr-01abc";
  const copy = join(clone, "..", `trees 'there'`, name);
  expect([...shell(copyScripts.look(commit, name, false), clone).keys()]).toEqual(["known"]);
  expect(shell(copyScripts.look("1".repeat(40), name, true), clone).has("unknown")).toBe(true);
  await mkdir(join(copy, ".."), { recursive: true });
  runGit(["worktree", "add", "-q", "-b", "there", copy], clone);
  await writeFile(join(copy, "a.txt"), "what opencode has made of it\n");
  expect(shell(copyScripts.reset(copy, commit), clone).has("reset")).toBe(true);
  await writeFile(join(clone, "..", "patch"), patch);
  runGit(["apply", join(clone, "..", "patch")], copy);
  expect([...(await readFile(join(copy, "latin.txt")))]).toEqual([0xe9, 10]);
  expect([...shell(copyScripts.look(commit, name, false), clone).keys()]).toEqual(["old", "known"]);
  const ready = shell(
    copyScripts.ready(copy, { command: `echo "it's $PWD"; echo 1 > ready.txt`, limitMs: 5000 }),
    clone,
  );
  expect([ready.get("line"), ready.get("ready")]).toEqual([[`it's ${copy}`], ["0"]]);
  await rm(join(copy, "ready.txt"));
  for (const [command, limitMs, told] of [
    ["exit 3", 5000, "3"],
    ["sleep 5", 1000, "late"],
  ] as const) {
    expect(shell(copyScripts.ready(copy, { command, limitMs }), clone).get("ready")).toEqual([told]);
  }
  expect(shell(copyScripts.begin(copy, "sub/folder", tree), clone).has("begun")).toBe(true);
  expect([...shell(copyScripts.look(commit, name, false), clone).keys()]).toEqual(["old", "begun", "known"]);
  expect(existsSync(join(copy, "sub/folder"))).toBe(true);

  await writeFile(join(copy, "committed.bin"), new Uint8Array([0, 255, 10, 13]));
  runGit(["add", "-A"], copy);
  runGit(["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "mine"], copy);
  await writeFile(join(copy, "not committed.txt"), "more\n");
  await writeFile(join(copy, "large.bin"), randomBytes(9_000_000));
  runGit(["rm", "-q", "run.sh"], copy);
  const left = Bun.spawn(["sleep", "300"], { cwd: copy });
  const packed = shell(copyScripts.pack(copy, 20_000_000), clone);
  expect([packed.get("packed"), packed.get("from")]).toEqual([["3"], [tree]]);
  if (process.platform === "linux") expect(packed.get("ended")).toEqual([expect.stringMatching(/^\d+ sleep 300$/)]);
  left.kill();
  await left.exited;
  expect(shell(copyScripts.pack(copy, 100), clone).has("large")).toBe(true);
  shell(copyScripts.pack(copy, 20_000_000), clone);
  const back = new BackFile(20_000_000);
  for (const part of [0, 1, 2]) back.add(await readFile(join(copy, `${BUNDLE}-${part}`), "utf8"));
  expect(back.finish()).toBeUndefined();
  value(await unpackFolder(parts, agent.instanceId, { bundle: back.path, from: tree }));
  back.remove();
  expect(
    runGit(["status", "--porcelain"], agent.state.copy)
      .split("\n")
      .map((line) => line.slice(3)),
  ).toEqual(["run.sh", "committed.bin", "large.bin", '"not committed.txt"']);
  expect([...(await readFile(agent.path("committed.bin")))]).toEqual([0, 255, 10, 13]);
  expect([existsSync(agent.path("run.sh")), existsSync(agent.path("plans"))]).toEqual([false, false]);
}, 60_000);
