import { afterAll } from "bun:test";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { systemClock } from "../../src/lib/system-clock.ts";
import { FolderStates, type FolderState } from "../../src/workspace/folder-state.ts";
import type { FolderParts } from "../../src/workspace/folder-parts.ts";
import { beginFolder, prepareCopy } from "../../src/workspace/own-folders.ts";
import type { Result } from "../../src/workspace/result.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A repository of the running test's own, and the folders of its agents beside it. */
export interface GitRig {
  readonly project: string;
  readonly parts: FolderParts;
  /** Runs git in the project, or elsewhere; throws where it fails. */
  git(args: readonly string[], cwd?: string): string;
  write(path: string, content: string | Uint8Array, mode?: number): void;
  read(path: string): string;
  /** What the user sees of the repository besides its files, byte for byte. */
  seen(): string;
  /** An agent's folder, ready to work in. */
  agent(title?: string, directory?: string): Promise<AgentRig>;
}

export interface AgentRig {
  readonly instanceId: string;
  readonly base: string;
  readonly notes: readonly string[];
  readonly state: FolderState;
  write(path: string, content: string | Uint8Array, mode?: number): void;
  read(path: string): string;
  path(path: string): string;
}

export interface GitRigSettings {
  readonly untrackedBytes?: number;
  /** The name of the project's folder. */
  readonly name?: string;
  /** Whether there is a first commit, with a file of ten lines. */
  readonly hasCommit?: boolean;
  /** Where the folder of the test is. */
  readonly root?: string;
}

export const TEN_LINES = Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`).join("");

export function gitRig({
  untrackedBytes = 100_000_000,
  name = "project",
  hasCommit = true,
  root,
}: GitRigSettings = {}): GitRig {
  const folder = root ?? temporaryFolder();
  const project = join(folder, name);
  mkdirSync(project, { recursive: true });
  const git = (args: readonly string[], cwd = project) => runGit(args, cwd);
  const { write, read } = files(project);
  cpSync(template(hasCommit ? "one" : "none"), project, { recursive: true });
  const parts: FolderParts = {
    states: new FolderStates(join(folder, "state/worktrees")),
    clock: systemClock,
    untrackedBytes,
  };
  return {
    ...{ project, parts, git, write, read },
    seen: () =>
      [
        git(["--no-optional-locks", "status", "--porcelain=v2", "--branch"]),
        git(["for-each-ref", "refs/heads", "refs/stash", "refs/tags"]),
        readFileSync(join(project, ".git/index")).toString("hex"),
      ].join("\n--\n"),
    async agent(title = "a task", directory = project) {
      const instanceId = createInstanceId();
      const begun = value(await beginFolder(parts, { instanceId, title, directory }));
      const state = value(await prepareCopy(parts, instanceId));
      const copy = files(state.copy);
      return {
        ...{ instanceId, state, base: begun.folder.base, notes: begun.notes, ...copy },
        path: (path) => join(state.copy, path),
      };
    },
  };
}

const templates = new Map<string, string>();
afterAll(() => {
  for (const path of templates.values()) rmSync(path, { recursive: true, force: true });
  templates.clear();
});

/** A repository that each test has its own copy of: git is asked once. */
function template(commits: "none" | "one"): string {
  const made = templates.get(commits);
  if (made !== undefined) return made;
  const path = mkdtempSync(join(tmpdir(), "bizar-template-"));
  templates.set(commits, path);
  runGit(["init", "-q", "-b", "main", "--template="], path);
  writeFileSync(join(path, ".git/config"), "[user]\n\temail = user@example.org\n\tname = User\n", { flag: "a" });
  mkdirSync(join(path, ".git/info"), { recursive: true });
  if (commits === "one") {
    writeFileSync(join(path, "a.txt"), TEN_LINES);
    runGit(["add", "-A"], path);
    runGit(["commit", "-qm", "first"], path);
  }
  return path;
}

/** The value of what went well. */
export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.reason}: ${result.error}`);
  return result.value;
}

export function runGit(args: readonly string[], cwd: string): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...args], { cwd });
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.toString()}`);
  return stdout.toString().trimEnd();
}

function files(root: string): Pick<GitRig, "write" | "read"> {
  return {
    write(path, content, mode) {
      const target = join(root, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      if (mode !== undefined) chmodSync(target, mode);
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
  };
}
