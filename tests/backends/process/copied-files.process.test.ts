import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "bun:test";
import type { Launcher } from "../../../src/backends/process/launcher.ts";
import { judge } from "../../../src/supervisor/outcome.ts";
import { finishTurn, prepareCopy } from "../../../src/workspace/own-folders.ts";
import { packFolder, unpackFolder } from "../../../src/workspace/travel.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { gitRig, runGit, value, type GitRig } from "../../workspace/git-rig.ts";
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
    const { ended } = startTurn(
      "",
      { on: "there", instanceId },
      {
        binary,
        launchers: { there },
        environment: { ...process.env, ...environment },
        travel: {
          pack: async (id) => value(await packFolder(rig.parts, id)),
          unpack: async (id, bundle) => {
            const unpacked = await unpackFolder(rig.parts, id, bundle);
            return unpacked.ok ? undefined : unpacked.error;
          },
        },
      },
    );
    const outcome = judge((await ended).evidence);
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
      error: expect.stringContaining(`What it did has not come back: it is in ${there} on there.`),
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
    const environment = { GIT_DIR: join(rig.project, ".git"), GIT_WORK_TREE: rig.project };
    const { turn, home } = await inCopy({ rig, environment });
    const before = rig.seen();
    const lfs = '[filter "lfs"]\nsmudge = false\nclean = false\nrequired = true\n';
    writeFileSync(join(home, ".gitconfig"), `${lfs}[core]\nautocrlf = true\nsafecrlf = true\n`);
    const { outcome, changes } = await turn("printf 'a\\r\\nb\\n' > mixed.txt; echo more >> x.bin");
    expect({ outcome, changes }).toMatchObject({ outcome: { status: "done" }, changes: { files: 2 } });
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
