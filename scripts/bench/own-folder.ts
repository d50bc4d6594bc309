import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/lib/system-clock.ts";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { FolderStates } from "../../src/workspace/folder-state.ts";
import type { Result } from "../../src/workspace/result.ts";
import { Workspace } from "../../src/workspace/workspace.ts";
import type { Benchmark } from "./benchmark.ts";
import { inTurns } from "./in-turns.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";

const ROUNDS = 5;
const FILES = 3000;
const FILE_BYTES = 18_000;
const AT_ONCE = 20;
const GOAL = 1.5;
const MEBIBYTE = 1_048_576;

export const ownFolder: Benchmark = {
  name: "own-folder",
  about: `a folder of an agent's own, of a repository of ${FILES} files with a changed and an untracked one`,
  async run({ rounds = ROUNDS }) {
    const root = await mkdtemp(join(tmpdir(), "bizar-folders-"));
    try {
      const project = await makeProject(root);
      const states = new FolderStates(join(root, "worktrees"));
      const workspace = new Workspace({ states, clock: systemClock, untrackedBytes: 100_000_000 });
      const made = await inTurns(rounds, {
        own: async () => await timed(async () => void (await makeFolder(workspace, project))),
        plain: async () =>
          await timed(() => git(project, ["worktree", "add", "--detach", join(root, createInstanceId()), "HEAD"])),
      });
      const instanceId = await makeFolder(workspace, project);
      const { copy, base } = (await states.read(instanceId))!;
      await writeFile(join(copy, "folder-1/file-1.txt"), "changed\n");
      value(await workspace.finish(instanceId));
      const theirs = `refs/bizar/${instanceId}/result`;
      const judged = await inTurns(rounds, {
        own: async () => await timed(async () => void value(await workspace.judge(instanceId))),
        anew: async () => await timed(async () => void value(await workspace.look(instanceId))),
        plain: async () => await timed(() => git(project, ["merge-tree", "--write-tree", base, theirs])),
        // Nobody knows whether any file has changed without a look at all of them.
        looks: async () => await timed(async () => void (await Promise.all([project, copy].map(status)))),
      });
      const many: number[] = [];
      const atOnce = await timed(async () => {
        const ids = Array.from({ length: AT_ONCE }, async () => await makeFolder(workspace, project));
        for (const id of await Promise.all(ids)) many.push(await megabytes(states.homeOf(id)));
      });
      return [
        ratioFigure("snapshot and copy / git worktree add", made.own, made.plain, GOAL),
        medianFigure("snapshot and copy", made.own, "ms"),
        ratioFigure("looking whether changes fit / git merge-tree alone", judged.own, judged.plain, GOAL),
        medianFigure("looking whether changes fit", judged.own, "ms"),
        ratioFigure("looking at the agent's files as well / git status of both trees", judged.anew, judged.looks),
        medianFigure("looking at the agent's files as well", judged.anew, "ms"),
        medianFigure(`${AT_ONCE} folders at once`, [atOnce], "ms"),
        medianFigure("disk of each", many, "MiB"),
      ];
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
};

async function makeProject(root: string): Promise<string> {
  const project = join(root, "project");
  const line = "All work and no play makes a dull file, again and again.\n";
  const text = line.repeat(FILE_BYTES / line.length);
  for (let index = 0; index < FILES; index++) {
    const folder = join(project, `folder-${index % 50}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `file-${index}.txt`), `${index}\n${text}`);
  }
  git(project, ["init", "-q"]);
  git(project, ["add", "-A"]);
  git(project, ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "first"]);
  await writeFile(join(project, "folder-0/file-0.txt"), "changed\n");
  await writeFile(join(project, "new.txt"), "new\n");
  return project;
}

async function makeFolder(workspace: Workspace, project: string): Promise<string> {
  const instanceId = createInstanceId();
  value(await workspace.begin({ instanceId, title: "bench", directory: project }));
  value(await workspace.prepare(instanceId));
  return instanceId;
}

async function timed(run: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

async function megabytes(folder: string): Promise<number> {
  const du = Bun.spawn(["du", "-sk", folder], { stdout: "pipe" });
  return (Number.parseInt(await du.stdout.text(), 10) * 1024) / MEBIBYTE;
}

async function status(cwd: string): Promise<void> {
  const child = Bun.spawn(["git", "status", "--porcelain", "-uall"], { cwd, stdout: "ignore" });
  if ((await child.exited) !== 0) throw new Error(`git status failed in ${cwd}.`);
}

function git(cwd: string, args: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["git", ...args], { cwd });
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.toString()}`);
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
