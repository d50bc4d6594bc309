import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMissing } from "../lib/is-missing.ts";
import { git, gitFailure, listOf, OWN_NAME, textOf, type GitPlace } from "./git.ts";
import {
  commonDirOf,
  keptPathOf,
  placeIndex,
  readKept,
  sourcesAround,
  sourcesOf,
  stamped,
  writeKept,
  type KeptTree,
} from "./kept-tree.ts";
import { done, type Result } from "./result.ts";
import { takeAgain, type Again } from "./take-again.ts";
import { choose } from "./untracked-files.ts";

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
  /** The folder that keeps what trees were: files that have not changed since are not read again. */
  readonly keptIn?: string | undefined;
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
    const taken = await takeDown(place, settings);
    return taken.ok ? await run(taken.value, async () => await changedSince(place)) : taken;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function changedSince(place: Indexed): Promise<Result<readonly string[]>> {
  const run = await git(place, ["diff-files", "-z", "--name-only", "--ignore-submodules=dirty"]);
  return run.code === 0 ? done(listOf(run)) : gitFailure(`${place.cwd} could not be looked at again`, run);
}

async function takeDown(place: Indexed, settings: SnapshotSettings): Promise<Result<Snapshot>> {
  const { keptIn, untrackedBytes, otherwise } = settings;
  const without = [PLANS, ...settings.without];
  if (keptIn === undefined) return await writeSnapshot(place, settings, without);
  const path = keptPathOf(keptIn, place.gitDir);
  const commonDir = await commonDirOf(place.gitDir);
  const how = JSON.stringify([place.cwd, untrackedBytes, without, otherwise ?? null]);
  const kept = await readKept(path, commonDir, how);
  if (kept !== undefined) {
    await placeIndex(place.index, kept);
    const again = await takeAgain(place, kept.tree, { without, untrackedBytes });
    if (!again.ok) return again;
    if (again.value !== undefined) {
      await keepTree(path, place, { ...kept.tree, ...again.value }, kept.tree);
      return done(again.value);
    }
    await rm(place.index, { force: true });
  }
  const index = await stamped([join(place.gitDir, "index")]);
  const [taken, sources] = await Promise.all([writeSnapshot(place, settings, without), sourcesOf(place, commonDir)]);
  if (taken.ok && sources !== undefined) {
    const fresh = { schemaVersion: "1", settings: how, sources: [...index, ...sources], lookedAt: 0 } as const;
    await keepTree(path, place, { ...fresh, ...taken.value });
  }
  return taken;
}

/** @param known what is kept of it so far */
async function keepTree(path: string, place: Indexed, tree: KeptTree, known?: KeptTree): Promise<void> {
  const lookedAt = Math.floor((await stat(place.index)).mtimeMs / 1000);
  const isSame = known?.tree === tree.tree && known.untracked.join("\0") === tree.untracked.join("\0");
  if (isSame && known.lookedAt === lookedAt && known.leftOut.join("\0") === tree.leftOut.join("\0")) return;
  const around = await sourcesAround(place.cwd, tree.untracked);
  const paths = new Set(around.map((source) => source.path));
  const sources = [...tree.sources.filter((source) => !paths.has(source.path)), ...around];
  const index = new Uint8Array(await readFile(place.index));
  await writeKept(path, { tree: { ...tree, sources, lookedAt }, index });
}

/** @param without what is left out, whether git knows it or not */
async function writeSnapshot(
  place: Indexed,
  settings: SnapshotSettings,
  without: readonly string[],
): Promise<Result<Again>> {
  const what = `The files of ${place.cwd} could not be taken down`;
  if (!(await copyIndex(join(place.gitDir, "index"), place.index)) && settings.otherwise !== undefined) {
    const read = await git(place, ["read-tree", settings.otherwise]);
    if (read.code !== 0) return gitFailure(what, read);
  }
  const found = await lookOver(place, what);
  if (!found.ok) return found;
  const tracked = await git(place, ["add", "--update", "--sparse", "--", "."]);
  if (tracked.code !== 0) return gitFailure(what, tracked);
  const { taken, leftOut } = await choose(place.cwd, found.value.untracked, without, settings.untrackedBytes);
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
  if (written.code !== 0) return gitFailure(what, written);
  return done({ tree: textOf(written), leftOut, untracked: taken, unseen: found.value.unseen });
}

/** As `git ls-files -v` marks a file that git does not look at: on the user's word, or because it is not to be there. */
const UNSEEN = /^(?:[a-z]|S) /;

/** A tracked file that is not there. */
const DELETED = "R ";

interface Found {
  readonly untracked: readonly string[];
  /** Tracked ones that are not there, absolute: one that comes back belongs to the tree even where it is ignored. */
  readonly unseen: readonly string[];
}

/**
 * Finds the untracked files, and has git look at all others again: what the user has told it to overlook has changed all
 * the same, and would be written over.
 */
async function lookOver(place: Indexed, what: string): Promise<Result<Found>> {
  const run = await git(place, ["ls-files", "-v", "-z", "--cached", "--deleted", "--others", "--exclude-standard"]);
  if (run.code !== 0) return gitFailure(what, run);
  const all = listOf(run);
  const unseen = all.filter((line) => UNSEEN.test(line)).map(nameBehindTag);
  const [overlooked, missing] = [[] as string[], all.filter((line) => line.startsWith(DELETED)).map(nameBehindTag)];
  for (const name of unseen) (existsSync(join(place.cwd, name)) ? overlooked : missing).push(name);
  if (overlooked.length > 0) {
    const stdin = `${overlooked.join("\0")}\0`;
    for (const flag of ["--no-assume-unchanged", "--no-skip-worktree"]) {
      const seen = await git(place, ["update-index", flag, "-z", "--stdin"], { stdin });
      if (seen.code !== 0) return gitFailure(what, seen);
    }
  }
  return done({
    untracked: all.filter((line) => line.startsWith("? ")).map(nameBehindTag),
    unseen: missing.map((name) => join(place.cwd, name)),
  });
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
