import { constants, existsSync } from "node:fs";
import { access, copyFile, lstat, mkdtemp, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMissing } from "../lib/is-missing.ts";
import { isUnreadable, quotedName } from "./file-names.ts";
import { git, gitFailure, listOf, OWN_NAME, textOf, type GitPlace } from "./git.ts";
import { done, type Result } from "./result.ts";

/** A working tree, as a snapshot needs it. */
export interface WorkingTree {
  readonly root: string;
  readonly gitDir: string;
}

export interface SnapshotSettings {
  /** So many bytes of untracked files are taken into the repository; the largest beyond that are left out. */
  readonly untrackedBytes: number;
  /** Files and folders below the root that are left out, whether git knows them or not. */
  readonly without: readonly string[];
  /** The tree that the index is taken from where the working tree has none. */
  readonly otherwise?: string | undefined;
}

export interface Snapshot {
  readonly tree: string;
  /** What was left out, with its size or the reason. */
  readonly leftOut: readonly string[];
}

/** A working tree with an index of its own, which knows the files as they were taken down. */
type Indexed = GitPlace & { readonly gitDir: string; readonly index: string };

/** Belongs to the user and the plan tools, never to an agent's changes. */
export const PLANS = "plans";

const LOOKED_AT_AT_ONCE = 64;
const MEBIBYTE = 1_048_576;

/**
 * Writes the files of a working tree as they are at this moment into a tree of the repository: changed and untracked ones
 * included, ignored ones not. Nothing of the working tree, its index or its refs is touched.
 */
export async function takeSnapshot(tree: WorkingTree, settings: SnapshotSettings): Promise<Result<Snapshot>> {
  return await withSnapshot(tree, settings, async (snapshot) => done(snapshot));
}

/**
 * {@link takeSnapshot}, and something that is done with it.
 *
 * @param run is given a look that tells which of the files, as they were taken down, have changed since
 */
export async function withSnapshot<T>(
  tree: WorkingTree,
  settings: SnapshotSettings,
  run: (snapshot: Snapshot, changedSince: () => Promise<Result<readonly string[]>>) => Promise<Result<T>>,
): Promise<Result<T>> {
  const folder = await mkdtemp(join(tmpdir(), "bizar-index-"));
  try {
    const place = { cwd: tree.root, gitDir: tree.gitDir, index: join(folder, "index") };
    const taken = await writeSnapshot(place, settings);
    return taken.ok ? await run(taken.value, async () => await changedSince(place)) : taken;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function changedSince(place: Indexed): Promise<Result<readonly string[]>> {
  const run = await git(place, ["diff-files", "-z", "--name-only", "--ignore-submodules=dirty"]);
  return run.code === 0 ? done(listOf(run)) : gitFailure(`${place.cwd} could not be looked at again`, run);
}

async function writeSnapshot(place: Indexed, settings: SnapshotSettings): Promise<Result<Snapshot>> {
  const what = `The files of ${place.cwd} could not be taken down`;
  const without = [PLANS, ...settings.without];
  if (!(await copyIndex(join(place.gitDir, "index"), place.index)) && settings.otherwise !== undefined) {
    const read = await git(place, ["read-tree", settings.otherwise]);
    if (read.code !== 0) return gitFailure(what, read);
  }
  const found = await lookOver(place, what);
  if (!found.ok) return found;
  const tracked = await git(place, ["add", "--update", "--sparse", "--", "."]);
  if (tracked.code !== 0) return gitFailure(what, tracked);
  const { taken, leftOut } = await choose(place.cwd, found.value, without, settings.untrackedBytes);
  if (taken.length > 0) {
    const stdin = `${taken.join("\0")}\0`;
    const added = await git(place, ["update-index", "--add", "--remove", "--replace", "-z", "--stdin"], { stdin });
    if (added.code !== 0) return gitFailure(what, added);
  }
  // Of what is not there the index knows nothing by now.
  const known = without.filter((name) => existsSync(join(place.cwd, name)));
  if (known.length > 0) {
    const literal = { environment: { GIT_LITERAL_PATHSPECS: "1" } };
    const cut = ["rm", "-r", "-f", "-q", "--cached", "--ignore-unmatch", "--sparse", "--"];
    const removed = await git(place, [...cut, ...known], literal);
    if (removed.code !== 0) return gitFailure(what, removed);
  }
  const written = await git(place, ["write-tree"]);
  return written.code === 0 ? done({ tree: textOf(written), leftOut }) : gitFailure(what, written);
}

/** As `git ls-files -v` marks a file that git does not look at: on the user's word, or because it is not to be there. */
const UNSEEN = /^(?:[a-z]|S) /;

/**
 * Finds the untracked files, and has git look at all others again: what the user has told it to overlook has changed all
 * the same, and would be written over.
 */
async function lookOver(place: Indexed, what: string): Promise<Result<string[]>> {
  const run = await git(place, ["ls-files", "-v", "-z", "--cached", "--others", "--exclude-standard"]);
  if (run.code !== 0) return gitFailure(what, run);
  const all = listOf(run);
  const unseen = all.filter((line) => UNSEEN.test(line)).map(nameBehindTag);
  const overlooked = unseen.filter((name) => existsSync(join(place.cwd, name)));
  if (overlooked.length > 0) {
    const stdin = `${overlooked.join("\0")}\0`;
    for (const flag of ["--no-assume-unchanged", "--no-skip-worktree"]) {
      const seen = await git(place, ["update-index", flag, "-z", "--stdin"], { stdin });
      if (seen.code !== 0) return gitFailure(what, seen);
    }
  }
  return done(all.filter((line) => line.startsWith("? ")).map(nameBehindTag));
}

function nameBehindTag(line: string): string {
  return line.slice(2);
}

/** A commit of a tree that no branch and no person shows. */
export async function commitTree(
  place: GitPlace,
  tree: string,
  parent: string | null,
  message: string,
): Promise<Result<string>> {
  const parents = parent === null ? [] : ["-p", parent];
  const run = await git(place, ["commit-tree", tree, ...parents], { stdin: message, environment: OWN_NAME });
  return run.code === 0 ? done(textOf(run)) : gitFailure("A snapshot could not be kept", run);
}

/** @returns whether there is one */
async function copyIndex(from: string, to: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(from);
    await copyFile(from, to);
    // A file changed in the moment in which the index was written counts as looked at, if the index seems younger.
    const second = Math.floor(mtimeMs / 1000);
    await utimes(to, second, second);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

interface Choice {
  readonly taken: readonly string[];
  readonly leftOut: readonly string[];
}

/** Which untracked files are taken: the smallest first, as long as there is room. */
async function choose(
  root: string,
  names: readonly string[],
  without: readonly string[],
  room: number,
): Promise<Choice> {
  const isWithout = (name: string) => without.some((each) => name === each || name.startsWith(`${each}/`));
  const leftOut: string[] = [];
  const files: { readonly name: string; readonly size: number }[] = [];
  const asked = names.filter((name) => !isWithout(name));
  for (let start = 0; start < asked.length; start += LOOKED_AT_AT_ONCE) {
    const looks = asked
      .slice(start, start + LOOKED_AT_AT_ONCE)
      .map(async (name) => ({ name, seen: await look(root, name) }));
    for (const { name, seen } of await Promise.all(looks)) {
      if (typeof seen === "number") files.push({ name, size: seen });
      else if (seen !== undefined) leftOut.push(`${quotedName(name)} (${seen})`);
    }
  }
  const taken: string[] = [];
  let bytes = 0;
  for (const { name, size } of files.toSorted((a, b) => a.size - b.size)) {
    bytes += size;
    if (bytes <= room) taken.push(name);
    else leftOut.push(`${quotedName(name)} (${Math.ceil(size / MEBIBYTE)} MB)`);
  }
  return { taken, leftOut };
}

/** The size of a file, why it cannot be taken, or nothing where it has gone. */
async function look(root: string, name: string): Promise<number | string | undefined> {
  // git names a repository that lies in the working tree by its folder.
  if (name.endsWith("/")) return "a repository of its own";
  if (isUnreadable(name)) return "its name is no UTF-8";
  const path = join(root, name);
  try {
    const status = await lstat(path);
    if (status.isFile()) await access(path, constants.R_OK);
    return status.size;
  } catch (error) {
    return isMissing(error) ? undefined : "not readable";
  }
}
