import { chmod, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { isCode } from "../lib/is-code.ts";
import { isMissing } from "../lib/is-missing.ts";
import type { FolderState } from "./folder-state.ts";
import { git, gitFailure } from "./git.ts";
import { done, failure, type Result } from "./result.ts";

/**
 * Makes a working tree of a commit: on no branch, and locked, so that no `git worktree prune` takes it for left behind.
 *
 * @returns the folder in which git keeps its HEAD and index
 */
export async function addWorktree(
  { gitDir, commonDir, original: root, copy }: Pick<FolderState, "gitDir" | "commonDir" | "original" | "copy">,
  commit: string,
): Promise<Result<string>> {
  await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
  const options = ["--quiet", "--detach", "--lock", "--reason", "an agent of Bizar works here"];
  const added = await git({ cwd: root, gitDir }, ["worktree", "add", ...options, "--", copy, commit]);
  if (added.code !== 0) {
    await removeWorktree(commonDir, copy);
    return gitFailure(`The agent's folder ${copy} could not be made`, added);
  }
  const pointer = await readFile(join(copy, ".git"), "utf8").catch(() => "");
  const [, own] = /^gitdir: (.+)\n?$/s.exec(pointer) ?? [];
  // As git writes it where it is told to name paths by where they are seen from.
  return own === undefined ? failure("git_failed", `${copy} is no working tree`) : done(resolve(copy, own.trimEnd()));
}

/** Where a copy lies that is being removed. */
export function goingPathOf(copy: string): string {
  return `${copy}.going`;
}

/** Removes a working tree, whatever is left of it, and what git keeps of it, which may be gone with its repository. */
export async function removeWorktree(commonDir: string, copy: string): Promise<Result<null>> {
  const going = goingPathOf(copy);
  try {
    await removeFolder(going);
    // At once: in what one leaves who dies over it, the agent would seem to have deleted the rest.
    await rename(copy, going).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    await removeFolder(going);
  } catch (error) {
    return failure("disk", `The agent's folder ${copy} could not be removed: ${describeError(error)}`);
  }
  if ((await gitDirOf(commonDir, copy)) === undefined) return done(null);
  // Twice: it is locked.
  const removed = await git({ cwd: commonDir, gitDir: commonDir }, [
    "worktree",
    "remove",
    "--force",
    "--force",
    "--",
    copy,
  ]);
  return removed.code === 0 ? done(null) : gitFailure(`git could not forget the agent's folder ${copy}`, removed);
}

/** What git keeps of a working tree, found by its path: a start that was cut off has not written down where. */
async function gitDirOf(commonDir: string, copy: string): Promise<string | undefined> {
  const folder = join(commonDir, "worktrees");
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pointer = await readFile(join(folder, name, "gitdir"), "utf8").catch(() => "");
    if (pointer.trim() === join(copy, ".git")) return join(folder, name);
  }
  return undefined;
}

/** Removes a folder with everything in it, whoever may write there. */
export async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (!isCode(error, "EACCES", "EPERM")) throw error;
    // Caches of modules are folders that nobody may write to.
    await makeWritable(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}
