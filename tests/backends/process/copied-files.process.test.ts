import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "bun:test";
import type { Launcher } from "../../../src/backends/process/launcher.ts";
import { judge } from "../../../src/supervisor/outcome.ts";
import { finishTurn, prepareCopy } from "../../../src/workspace/own-folders.ts";
import { packFolder, unpackFolder } from "../../../src/workspace/travel.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { gitRig, runGit, value, type GitRig } from "../../workspace/git-rig.ts";
import { until } from "../../until.ts";
import { startTurn } from "./turn-rig.ts";

const LIMIT_MS = 30_000;
const END = `echo '{"type":"step_finish","timestamp":2,"sessionID":"ses_1","part":{"messageID":"msg_1","reason":"stop","tokens":{}}}'`;

interface Settings {
  readonly rig?: GitRig;
  readonly project?: string;
  readonly directory?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** An agent whose files are copied to another place, where it runs a line of `sh` in each turn. */
async function inCopy(settings: Settings = {}) {
  const { rig = gitRig(), project, directory = join(temporaryFolder(), "there"), environment = {} } = settings;
  const { instanceId, state } = await rig.agent("a task", project);
  const folder = temporaryFolder();
  const [binary, task] = [join(folder, "opencode"), join(folder, "task")];
  const agents = "printf 'bizar-is-here\\nmimir (all)\\n'";
  const script = `#!/bin/sh\ncase "$1" in --version) echo 1.2.3 ;; agent) ${agents} ;; *) . ${task}; ${END} ;; esac\n`;
  writeFileSync(binary, script, { mode: 0o755 });
  const home = temporaryFolder();
  const command = ["env", `HOME=${home}`, `PATH=${dirname(binary)}:${process.env["PATH"]}`];
  const turn = async (line: string, launcher: Partial<Launcher> = {}) => {
    writeFileSync(task, `${line}\n`);
    value(await prepareCopy(rig.parts, instanceId));
    const there = { command, files: "git", directory, queueMs: 60_000, ...launcher } as const;
    const started = startTurn(
      "",
      { on: "there", instanceId },
      {
        binary,
        launchers: { there },
        environment: { ...process.env, ...environment },
        travel: {
          mostBytes: 1_000_000,
          pack: async (id) => value(await packFolder(rig.parts, id)),
          unpack: async (id, bundle) => {
            const unpacked = await unpackFolder(rig.parts, id, bundle === undefined ? undefined : { bundle });
            return unpacked.ok ? { warning: unpacked.value.join() || undefined } : { failed: unpacked.error };
          },
        },
      },
    );
    void started.seen.stopped.then(async () => await started.stop());
    const { evidence } = await started.ended;
    const outcome = started.seen.stops[0] ?? judge(evidence);
    return { outcome, changes: value(await finishTurn(rig.parts, instanceId)) };
  };
  return { turn, command, home, here: state.copy, there: join(directory, instanceId) };
}

test(
  "what a turn has done whose line broke is there in the next one, which brings it back",
  async () => {
    const { turn, command, there, here } = await inCopy();
    const cut = `exec 3<&0; "$@" <&3 & c=$!; until [ -e ${there}/new.txt ]; do sleep 0.05; done; kill -KILL -$$`;
    const lost = await turn("echo edited >> a.txt; rm -f .gitignore; echo new > new.txt; exec sleep 60", {
      command: ["sh", "-c", cut, "sh", ...command],
    });
    expect(lost.outcome).toMatchObject({ reason: "connection_lost", error: expect.stringContaining(there) });
    // Copies go after a week, but for the one that is asked for.
    const longAgo = new Date(Date.now() - 30 * 86_400_000);
    for (const path of [there, `${there}.begun`]) utimesSync(path, longAgo, longAgo);
    const next = await turn("tail -n 1 a.txt > seen.txt; cat new.txt >> seen.txt");
    expect(next).toMatchObject({ outcome: { status: "done" }, changes: { files: 3, applies: "clean" } });
    expect(readFileSync(join(here, "seen.txt"), "utf8")).toBe("edited\nnew\n");
    // What has come back is no matter of there any more.
    writeFileSync(join(here, "new.txt"), "of here\n");
    await turn("cat new.txt > seen.txt");
    expect(readFileSync(join(here, "seen.txt"), "utf8")).toBe("of here\n");
  },
  LIMIT_MS,
);

test(
  "what came back and could not be unpacked is told, and there in the next turn, which brings it back",
  async () => {
    const { turn, there, here } = await inCopy();
    writeFileSync(join(here, ".gitignore"), "own.txt\n");
    await turn("true");
    // Ignored here: it is no change of the agent's, and in the way of one.
    writeFileSync(join(here, "own.txt"), "of here\n");
    const first = await turn("echo edited >> a.txt; echo one > made.txt; rm .gitignore; echo theirs > own.txt");
    expect(first.outcome).toMatchObject({
      reason: "workspace_failed",
      error: expect.stringMatching(
        new RegExp(`in the way: own\\.txt.* It is in ${there} on there: a message to the agent goes on with it`),
      ),
    });
    expect([existsSync(join(here, "made.txt")), readFileSync(join(here, "own.txt"), "utf8")]).toEqual([
      false,
      "of here\n",
    ]);
    rmSync(join(here, "own.txt"));
    const next = await turn("tail -n 1 a.txt | cat - made.txt own.txt > seen.txt; echo two >> made.txt");
    expect(next).toMatchObject({ outcome: { status: "done" }, changes: { files: 4, applies: "clean" } });
    expect(readFileSync(join(here, "seen.txt"), "utf8")).toBe("edited\none\ntheirs\n");
    expect(readFileSync(join(here, "made.txt"), "utf8")).toBe("one\ntwo\n");
    // What has come back is no matter of there any more.
    writeFileSync(join(here, "made.txt"), "of here\n");
    rmSync(join(here, "seen.txt"));
    await turn("cat made.txt > again.txt; ls seen.txt >> again.txt 2>/dev/null");
    expect(readFileSync(join(here, "again.txt"), "utf8")).toBe("of here\n");
  },
  LIMIT_MS,
);

test(
  "what a person changes in the agent's folder meanwhile stays, with markers where both changed the same place",
  async () => {
    const { turn, here, there } = await inCopy();
    const file = join(here, "a.txt");
    const change = (line: string, to: string) =>
      writeFileSync(file, readFileSync(file, "utf8").replace(`${line}\n`, `${to}\n`));
    const beside = async (line: string, person: () => void) => {
      const running = turn(`touch begun; until [ -e go ]; do sleep 0.05; done; rm go begun; ${line}`);
      await until("it is at work", () => existsSync(join(there, "begun")));
      person();
      writeFileSync(join(there, "go"), "");
      return await running;
    };
    const first = await beside("sed -i 's/^line 9$/nine/' a.txt", () => change("line 1", "one"));
    expect(first.outcome.status).toBe("done");
    expect(readFileSync(file, "utf8")).toMatch(/^one\nline 2\n(?:.*\n)*nine\nline 10\n$/);
    const second = await beside("sed -i 's/^line 5$/five there/' a.txt", () => change("line 5", "five here"));
    expect(second.outcome).toMatchObject({ reason: "workspace_failed", error: "a.txt" });
    expect(readFileSync(file, "utf8")).toMatch(/<<<<<<< \w+\nfive here\n=======\nfive there\n>>>>>>> /);
  },
  LIMIT_MS,
);

test(
  "a turn that is cut off over bringing earlier work onto new files loses none of it",
  async () => {
    const { turn, command, here } = await inCopy();
    const breaks = `"$@" | sed '/"begins"/,/"ends"/{/bizar/!y/ABCDEF/BCDEFA/}'`;
    const broken = await turn("echo edited >> a.txt; echo new > 'a new file.txt'", {
      command: ["sh", "-c", breaks, "sh", ...command],
    });
    expect(broken).toMatchObject({ outcome: { reason: "workspace_failed" }, changes: null });
    const bin = temporaryFolder();
    const dies = `case "$*" in *cherry-pick*) kill -KILL $PPID; exit ;; esac`;
    writeFileSync(join(bin, "git"), `#!/bin/sh\n${dies}\nexec ${Bun.which("git")} "$@"\n`, { mode: 0o755 });
    const cutting = command.map((word) => word.replace(/^PATH=/, `PATH=${bin}:`));
    expect((await turn("true", { command: cutting })).outcome).toMatchObject({ reason: "connection_lost" });
    expect(await turn("true")).toMatchObject({ outcome: { status: "done" }, changes: { files: 2, applies: "clean" } });
    expect(readFileSync(join(here, "a.txt"), "utf8")).toEndWith("line 10\nedited\n");
  },
  LIMIT_MS,
);

test(
  "a line that brings more than it may, or never stops, is ended and told; what was done is there in the next turn",
  async () => {
    const { turn, command, there, here } = await inCopy();
    const large = await turn("head -c 2000000 /dev/urandom > data.bin; echo made > a.txt");
    const words = `more than 1 MB (the option "bringBackMb"). Have the agent remove what is no work, or name it in .gitignore. It is in ${there} on there`;
    const told = { status: "failed", reason: "workspace_failed", error: expect.stringContaining(words) };
    expect(large).toMatchObject({ outcome: told, changes: null });
    const endless = `"$@" | { sed '/"bundle":"begins"/q'; exec yes ${"QUFB".repeat(200)}; }`;
    const next = await turn("rm data.bin", { command: ["sh", "-c", endless, "sh", ...command] });
    expect(next.outcome).toMatchObject({ ...told, error: expect.stringContaining(words) });
    expect(await turn("true")).toMatchObject({ outcome: { status: "done" }, changes: { files: 1 } });
    expect(readFileSync(join(here, "a.txt"), "utf8")).toBe("made\n");
  },
  LIMIT_MS,
);

test(
  "a repository inside stays there, and is named; all else comes back",
  async () => {
    const { turn, there } = await inCopy();
    const commit = "git -C two -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m x";
    const { outcome, changes } = await turn(`echo w > w.txt; git init -q one; git init -q two; ${commit}`);
    expect(outcome).toMatchObject({
      reason: "workspace_failed",
      error: expect.stringContaining(`Left in ${there} on there: one/, two/.`),
    });
    expect(changes).toMatchObject({ files: 1, applies: "clean" });
  },
  LIMIT_MS,
);

test(
  "an index that is locked, or broken, keeps nothing from coming back",
  async () => {
    for (const line of ["touch .git/index.lock", "echo broken > .git/index"]) {
      const { turn } = await inCopy();
      for (const file of ["one", "two"]) {
        const { outcome } = await turn(`echo w > ${file}.txt; ${line}`);
        expect([line, outcome.status]).toEqual([line, "done"]);
      }
    }
  },
  LIMIT_MS,
);

test(
  "files of which git knows nothing any more are said to be there, by the whole path, and come back with the next turn",
  async () => {
    const { turn, there } = await inCopy({ directory: join(temporaryFolder(), `of "ünï" it's`) });
    const { outcome, changes } = await turn("echo w > w.txt; echo mine > a.txt; rm -rf .git");
    expect(outcome).toMatchObject({
      reason: "workspace_failed",
      error: expect.stringContaining(`What it did has not come back. It is in ${there} on there: a message`),
    });
    expect(changes).toBeNull();
    const next = await turn("true");
    expect(next).toMatchObject({ outcome: { status: "done" }, changes: { files: 2 } });
  },
  LIMIT_MS,
);

test(
  "what the user there has set up for git, and names another repository here, changes nothing",
  async () => {
    const rig = gitRig();
    rig.write(".gitattributes", "*.bin filter=lfs\n");
    rig.write("x.bin", "pointer\n");
    rig.write("crlf.txt", "a\r\nb\r\n");
    rig.write("nb.ipynb", "output\n");
    const environment = {
      GIT_DIR: join(rig.project, ".git"),
      GIT_WORK_TREE: rig.project,
      GIT_DEFAULT_HASH: "sha256",
    };
    const { turn, home, here } = await inCopy({ rig, environment });
    const before = rig.seen();
    const hook = join(home, "hook");
    writeFileSync(hook, `#!/bin/sh\necho "$0" >> ${home}/ran.txt; exit 1\n`, { mode: 0o755 });
    mkdirSync(join(home, "hooks"));
    const hooks = ["pre-commit", "post-checkout", "post-index-change", "reference-transaction"];
    for (const name of hooks) symlinkSync(hook, join(home, "hooks", name));
    writeFileSync(join(home, "ignored"), "*.log\nbuilt/\n");
    writeFileSync(join(home, "attributes"), "*.ipynb filter=strip\n* text=auto\n");
    const settings = [
      '[filter "lfs"]\nsmudge = false\nclean = false\nrequired = true',
      '[filter "strip"]\nclean = sed s/output//\nsmudge = cat',
      `[core]\nautocrlf = true\nsafecrlf = true\nhooksPath = ${home}/hooks\nfsmonitor = ${hook}`,
      `excludesFile = ${home}/ignored\nattributesFile = ${home}/attributes`,
      `[commit]\ngpgSign = true\n[gpg]\nprogram = ${hook}\n[protocol]\nallow = never`,
    ];
    writeFileSync(join(home, ".gitconfig"), settings.join("\n"));
    const lines = [
      "printf 'a\\r\\nb\\n' > mixed.txt; echo more >> x.bin; cat crlf.txt > seen.txt",
      "echo 1 > a.log; mkdir built; echo 1 > built/b; echo output >> nb.ipynb",
    ];
    const { outcome, changes } = await turn(lines.join("; "));
    expect({ outcome, changes }).toMatchObject({ outcome: { status: "done" }, changes: { files: 6 } });
    const read = (path: string) => readFileSync(join(here, path), "utf8");
    expect(["mixed.txt", "seen.txt", "nb.ipynb", "a.log", "built/b"].map(read)).toEqual([
      ...["a\r\nb\n", "a\r\nb\r\n", "output\noutput\n", "1\n", "1\n"],
    ]);
    expect(existsSync(join(home, "ran.txt"))).toBe(false);
    expect([rig.seen(), existsSync(join(rig.project, "mixed.txt"))]).toEqual([before, false]);
  },
  LIMIT_MS,
);

test(
  "a repository whose names are longer travels too",
  async () => {
    const rig = gitRig({ hasCommit: false });
    const project = temporaryFolder();
    runGit(["init", "-q", "--object-format=sha256"], project);
    writeFileSync(join(project, "f.txt"), "1\n");
    const { turn } = await inCopy({ rig, project });
    expect(await turn("echo 2 > f.txt")).toMatchObject({ outcome: { status: "done" }, changes: { files: 1 } });
  },
  LIMIT_MS,
);

test(
  "a copy that cannot be made is told with the words of there",
  async () => {
    const { turn } = await inCopy({ directory: "/proc/none" });
    const { outcome } = await turn("true");
    expect(outcome).toMatchObject({
      reason: "spawn_failed",
      error: expect.stringMatching(/none\/bgr_\w+ could .*No such/),
    });
  },
  LIMIT_MS,
);
