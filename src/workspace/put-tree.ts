import { randomBytes } from "node:crypto";
import { copyFile, link, lstat, mkdir, readdir, readlink, rename, rm, rmdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { isCode } from "../lib/is-code.ts";
import { isUnreadable, namesInWords } from "./file-names.ts";
import { git, gitFailure } from "./git.ts";
import { done, failure, type Failure, type Result } from "./result.ts";
import type { WorkingTree } from "./snapshot.ts";
import { keepLineEnds } from "./line-ends.ts";
import { keepModes } from "./keep-modes.ts";
import { treeChanges, type TreeChange } from "./tree-changes.ts";

export interface PutSettings {
  readonly from: string;
  readonly to: string;
  /** Asked last of all: which files are no longer what `from` says. */
  readonly changedSince: () => Promise<Result<readonly string[]>>;
}

/**
 * Puts what differs between two trees into the files of a working tree, which are as `from` says: all of it or nothing.
 * Each file is replaced whole, so that one who dies over it leaves each as it was or as it is to be. The index stays.
 *
 * @returns whether it was done; `false`: the files have changed meanwhile
 */
export async function putTree(tree: WorkingTree, { from, to, changedSince }: PutSettings): Promise<Result<boolean>> {
  const place = { cwd: tree.root, gitDir: tree.gitDir };
  const changes = await treeChanges(place, from, to);
  if (!changes.ok) return changes;
  if (changes.value.length === 0) return done(true);
  const refusal = await whyInTheWay(tree.root, changes.value);
  if (refusal !== undefined) return refusal;
  // Beside the index: on the disk of the working tree where it can be, and not in it.
  const staging = join(tree.gitDir, `bizar-${randomBytes(6).toString("hex")}`);
  try {
    await removeLeft(tree.gitDir);
    await mkdir(join(staging, "old"), { recursive: true });
    const staged = await stage(tree, staging, to, changes.value);
    if (!staged.ok) return staged;
    await keepLineEnds(tree.root, join(staging, "new"), changes.value);
    await keepModes(tree.root, join(staging, "new"), changes.value);
    const others = await changedSince();
    if (!others.ok) return others;
    const touched = new Set(changes.value.map(({ path }) => path));
    if (others.value.some((path) => touched.has(path))) return done(false);
    // A file of that name may have come.
    const late = await whyInTheWay(tree.root, changes.value);
    if (late !== undefined) return late;
    return await putAll(tree.root, staging, changes.value);
  } catch (error) {
    return failure("disk", `Nothing was changed: ${describeError(error)}`);
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Why changes cannot be put into the files of a working tree, whatever those hold. */
export async function whyInTheWay(root: string, changes: readonly TreeChange[]): Promise<Failure | undefined> {
  const submodules = changes.filter(({ isSubmodule }) => isSubmodule).map(({ path }) => path);
  if (submodules.length > 0) {
    return failure(
      "conflict",
      `The agent has changed which commit a submodule stands at, which is not brought back: ${namesInWords(submodules)}. ` +
        "Nothing was changed. Use the action branch, or set it there.",
      submodules,
    );
  }
  const unreadable = changes.filter(({ path }) => isUnreadable(path)).map(({ path }) => path);
  if (unreadable.length > 0) {
    return failure(
      "conflict",
      `Names that are no UTF-8 are not brought back: ${namesInWords(unreadable)}. Nothing was changed. Use the action branch.`,
      unreadable,
    );
  }
  const inTheWay: string[] = [];
  const going = new Set(changes.flatMap(({ path, kind }) => (kind === "deleted" ? path : [])));
  for (const { path, kind } of changes) {
    if (kind !== "added") continue;
    const found = await lstat(join(root, path)).catch(() => undefined);
    if (found === undefined) continue;
    if (found.isDirectory()) inTheWay.push(...(await whatStays(root, path, going)));
    else if (!(await isOtherwiseSpelled(root, path, changes))) inTheWay.push(path);
  }
  if (inTheWay.length === 0) return undefined;
  return failure(
    "conflict",
    `Files that git ignores, or that were left out, are in the way: ${namesInWords(inTheWay)}. Nothing was changed. Move them away.`,
    inTheWay,
  );
}

const STAGING = /^bizar-[0-9a-f]{12}$/;

/** What one has left that died over it: whoever puts files holds the repository's lock. */
async function removeLeft(gitDir: string): Promise<void> {
  for (const name of await readdir(gitDir)) {
    if (STAGING.test(name)) await rm(join(gitDir, name), { recursive: true, force: true });
  }
}

/** Where a disk takes capitals for small letters, what lies there is the very file that gets a new name. */
async function isOtherwiseSpelled(root: string, path: string, changes: readonly TreeChange[]): Promise<boolean> {
  const spelled = changes.filter(({ path: other, kind }) => kind === "deleted" && folded(other) === folded(path));
  const there = await lstat(join(root, path));
  const found = await Promise.all(spelled.map(async (old) => await lstat(join(root, old.path)).catch(() => undefined)));
  return found.some((old) => old?.ino === there.ino && old.dev === there.dev);
}

function folded(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** What of a folder keeps it from giving way to a file: all but its folders, and the files that go. */
async function whatStays(root: string, folder: string, going: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return await whatStays(root, path, going);
    return going.has(path) ? [] : [path];
  });
  return (await Promise.all(found)).flat();
}

/** Writes the new files as a checkout would: line ends, filters, modes and links are git's. */
async function stage(
  { root, gitDir }: WorkingTree,
  staging: string,
  to: string,
  changes: readonly TreeChange[],
): Promise<Result<null>> {
  const place = { cwd: root, gitDir, index: join(staging, "index") };
  const paths = changes.filter(({ kind }) => kind !== "deleted").map(({ path }) => path);
  const read = await git(place, ["read-tree", to]);
  if (read.code !== 0) return gitFailure("Nothing was changed: the new files could not be prepared", read);
  if (paths.length === 0) return done(null);
  const out = await git(place, ["checkout-index", "-q", "-z", "--stdin", `--prefix=${join(staging, "new")}/`], {
    stdin: `${paths.join("\0")}\0`,
  });
  return out.code === 0 ? done(null) : gitFailure("Nothing was changed: the new files could not be prepared", out);
}

type Undo = () => Promise<unknown>;

/** First what goes, then what comes: a folder may take the place of a file, and the other way round. */
async function putAll(root: string, staging: string, changes: readonly TreeChange[]): Promise<Result<boolean>> {
  const undo: Undo[] = [];
  let at = "";
  try {
    for (const [index, { path, kind }] of changes.entries()) {
      at = path;
      if (kind !== "deleted") continue;
      await refuseLinks(root, path);
      const kept = join(staging, "old", String(index));
      await move(join(root, path), kept);
      undo.push(async () => {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await move(kept, join(root, path));
      });
      await removeEmpty(root, dirname(path));
    }
    for (const [index, { path, kind }] of changes.entries()) {
      at = path;
      if (kind === "deleted") continue;
      await refuseLinks(root, path);
      const target = join(root, path);
      const made = await mkdir(dirname(target), { recursive: true });
      if (made !== undefined) undo.push(async () => await removeEmpty(root, dirname(path)));
      if (kind === "changed") {
        const kept = join(staging, "old", String(index));
        await keep(target, kept);
        undo.push(async () => await move(kept, target));
      } else {
        await removeHollow(target, undo);
      }
      await move(join(staging, "new", path), target);
      if (kind === "added") undo.push(async () => await rm(target, { force: true }));
    }
    return done(true);
  } catch (error) {
    const lost = await undoAll(undo);
    const rest = lost.length === 0 ? "Nothing was changed." : `These could not be put back: ${lost.join("; ")}.`;
    return failure("disk", `${at} could not be written: ${describeError(error)} ${rest}`, [at]);
  }
}

async function undoAll(undo: readonly Undo[]): Promise<string[]> {
  const lost: string[] = [];
  for (const step of undo.toReversed()) await step().catch((error: unknown) => lost.push(describeError(error)));
  return lost;
}

/** What is written behind a link lands somewhere else. */
async function refuseLinks(root: string, path: string): Promise<void> {
  const parts = path.split("/").slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    const folder = join(root, ...parts.slice(0, depth));
    const found = await lstat(folder).catch(() => undefined);
    if (found === undefined) return;
    if (!found.isDirectory()) throw new Error(`${folder} is no folder.`);
  }
}

/** Removes a folder that has nothing but folders in it, where there is one: git knows of none. */
async function removeHollow(path: string, undo: Undo[]): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  for (const name of await readdir(path)) await removeHollow(join(path, name), undo);
  await rmdir(path);
  undo.push(async () => await mkdir(path, { mode: found.mode }));
}

async function removeEmpty(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== "."; at = dirname(at)) {
    try {
      await rmdir(join(root, at));
    } catch {
      // Something else is in it.
      return;
    }
  }
}

/** Keeps a file as it is now, beside the one that replaces it. */
async function keep(path: string, kept: string): Promise<void> {
  const status = await lstat(path);
  if (status.isSymbolicLink()) {
    await symlink(await readlink(path), kept);
    return;
  }
  try {
    await link(path, kept);
  } catch (error) {
    if (!isCode(error, "EXDEV", "EPERM", "ENOTSUP", "EMLINK")) throw error;
    await copyFile(path, kept);
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isCode(error, "EXDEV")) throw error;
    const beside = `${to}.bizar-${randomBytes(4).toString("hex")}`;
    try {
      const status = await lstat(from);
      if (status.isSymbolicLink()) await symlink(await readlink(from), beside);
      else await copyFile(from, beside);
      await rename(beside, to);
    } catch (cause) {
      await rm(beside, { force: true });
      throw cause;
    }
    await rm(from, { force: true });
  }
}
