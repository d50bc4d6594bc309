import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changed, hasCopy, holding, snapshotSettings, storeOf, type FolderParts } from "./folder-parts.ts";
import type { FolderState } from "./folder-state.ts";
import { git, gitFailure, textOf } from "./git.ts";
import { putTree } from "./put-tree.ts";
import { done, failure, type Result } from "./result.ts";
import { commitTree, PLANS, takeSnapshot } from "./snapshot.ts";
import { conflictingFiles, mergeTrees, treeOf, type Merged } from "./tree-changes.ts";

/** An agent's folder on its way to another machine. */
export interface PackedFolder {
  /** A bundle of git: the files as one commit, without what was before. */
  readonly bundle: Uint8Array;
  /** The ref that is in it. */
  readonly ref: string;
  /** Where in it the agent works; empty: at its root. */
  readonly prefix: string;
  /** The commit that was unpacked last: what is there of it is no news. */
  readonly came: string | undefined;
}

/** The files of an agent's folder as they are now, for a copy of them elsewhere. */
export async function packFolder(parts: FolderParts, instanceId: string): Promise<Result<PackedFolder>> {
  const here = await readyState(parts, instanceId);
  if (!here.ok) return here;
  const state = here.value;
  const taken = await snapshotOf(parts, state);
  if (!taken.ok) return taken;
  const commit = await commitTree(storeOf(state), taken.value, null, "The files that an agent of Bizar starts from");
  if (!commit.ok) return commit;
  const ref = refOf(instanceId);
  const kept = await git(storeOf(state), ["update-ref", ref, commit.value]);
  if (kept.code !== 0) return gitFailure(`The folder of ${instanceId} could not be packed`, kept);
  const bundle = await git(storeOf(state), ["bundle", "create", "-q", "-", ref]);
  if (bundle.code !== 0) return gitFailure(`The folder of ${instanceId} could not be packed`, bundle);
  return done({ bundle: bundle.stdout, ref, prefix: state.prefix, came: state.came });
}

/** What an agent's folder is made of, for somebody who has the same repository. */
export interface FolderDifference {
  /** The caller's commit. */
  readonly commit: string;
  /** What is not in it; binary all through, so that no byte of a file depends on how the text is read. */
  readonly patch: string;
  /** Both together. */
  readonly tree: string;
  readonly prefix: string;
}

/** How the files of an agent's folder, as they are now, differ from the caller's commit. */
export async function diffFolder(parts: FolderParts, instanceId: string): Promise<Result<FolderDifference>> {
  const here = await readyState(parts, instanceId);
  if (!here.ok) return here;
  const state = here.value;
  const head = await git(storeOf(state), ["rev-parse", "--verify", "--quiet", `${state.base}^`]);
  if (head.code !== 0) {
    return failure("no_repository", `${state.original} has no commit yet, which another clone could have as well.`);
  }
  const taken = await snapshotOf(parts, state);
  if (!taken.ok) return taken;
  const folder = await mkdtemp(join(tmpdir(), "bizar-diff-"));
  try {
    const attributes = join(folder, "attributes");
    await writeFile(attributes, "* -diff\n");
    const commit = textOf(head);
    const shape = ["-p", "--binary", "--full-index", "--no-renames", "--no-ext-diff", "--no-color"];
    const among = [commit, taken.value, "--", ".", `:(exclude,top)${PLANS}`];
    const diff = await git(storeOf(state), [
      "-c",
      `core.attributesFile=${attributes}`,
      "diff-tree",
      ...shape,
      ...among,
    ]);
    if (diff.code !== 0) return gitFailure(`The folder of ${instanceId} could not be packed`, diff);
    return done({ commit, patch: new TextDecoder().decode(diff.stdout), tree: taken.value, prefix: state.prefix });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What came back of an agent's files. */
export interface CameBack {
  /** The path of a bundle of git. */
  readonly bundle: string;
  /** The tree that it was made of there; absent: that of its parent. */
  readonly from?: string | undefined;
}

/**
 * Puts what came back into the agent's folder. What was changed here meanwhile stays as well.
 *
 * @param came absent: nothing was changed there, or nothing came
 * @returns the files that both have changed in one place, with markers in them
 */
export async function unpackFolder(
  parts: FolderParts,
  instanceId: string,
  came?: CameBack,
): Promise<Result<readonly string[]>> {
  const here = await readyState(parts, instanceId);
  if (!here.ok) return here;
  const put = came === undefined ? done([]) : await putBundle(parts, here.value, came);
  await git(storeOf(here.value), ["update-ref", "-d", refOf(instanceId)]);
  return put;
}

async function putBundle(
  parts: FolderParts,
  state: FolderState,
  { bundle, from }: CameBack,
): Promise<Result<readonly string[]>> {
  const store = storeOf(state);
  const what = `What came back for ${state.instanceId} could not be unpacked`;
  const unbundled = await git(store, ["bundle", "unbundle", bundle]);
  if (unbundled.code !== 0) return gitFailure(what, unbundled);
  const [commit = ""] = textOf(unbundled).split(" ");
  const [tree, base, now] = await Promise.all([
    treeOf(store, commit),
    treeOf(store, from ?? `${commit}^`),
    snapshotOf(parts, state),
  ]);
  if (!tree.ok) return tree;
  if (!base.ok) return base;
  if (!now.ok) return now;
  const isSame = now.value === base.value;
  const met = isSame
    ? done({ tree: tree.value, conflicts: [] })
    : await meet(state, base.value, [now.value, tree.value]);
  if (!met.ok) return met;
  const root = { root: state.copy, gitDir: state.copyGitDir ?? "" };
  const put = await putTree(root, { from: now.value, to: met.value.tree, changedSince: async () => done([]) });
  if (!put.ok) return put;
  await noteCame(parts, state, commit);
  return done(conflictingFiles(met.value));
}

/** Brings together what was made of a tree here and there. */
async function meet(
  state: FolderState,
  from: string,
  [here, there]: readonly [string, string],
): Promise<Result<Merged>> {
  const store = storeOf(state);
  const words = "Files of an agent of Bizar";
  const base = await commitTree(store, from, null, words);
  if (!base.ok) return base;
  const ours = await commitTree(store, here, base.value, words);
  if (!ours.ok) return ours;
  const theirs = await commitTree(store, there, base.value, words);
  return theirs.ok ? await mergeTrees(store, ours.value, theirs.value) : theirs;
}

/** Where that cannot be written down the next turn brings the same once more: nothing is lost, so nothing is said. */
async function noteCame(parts: FolderParts, { instanceId, commonDir }: FolderState, came: string): Promise<void> {
  await holding(parts, commonDir, async () => {
    const state = await parts.states.read(instanceId);
    return state === undefined ? done(null) : await changed(parts, state, { came });
  });
}

async function readyState(parts: FolderParts, instanceId: string): Promise<Result<FolderState>> {
  const state = await parts.states.read(instanceId);
  return state === undefined || state.copyGitDir === null || !hasCopy(state)
    ? failure("no_folder", `The folder of ${instanceId} is gone.`)
    : done(state);
}

async function snapshotOf(
  parts: FolderParts,
  { copy, copyGitDir, brought, base }: FolderState,
): Promise<Result<string>> {
  const settings = { ...snapshotSettings(parts), without: brought, otherwise: base };
  const taken = await takeSnapshot({ root: copy, gitDir: copyGitDir ?? "" }, settings);
  return taken.ok ? done(taken.value.tree) : taken;
}

function refOf(instanceId: string): string {
  return `refs/bizar/${instanceId}/travel`;
}
