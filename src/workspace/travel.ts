import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCopy, snapshotSettings, storeOf, type FolderParts } from "./folder-parts.ts";
import type { FolderState } from "./folder-state.ts";
import { git, gitFailure, textOf } from "./git.ts";
import { putTree } from "./put-tree.ts";
import { done, failure, type Result } from "./result.ts";
import { commitTree, PLANS, takeSnapshot } from "./snapshot.ts";

/** An agent's folder on its way to another machine. */
export interface PackedFolder {
  /** A bundle of git: the files as one commit, without what was before. */
  readonly bundle: Uint8Array;
  /** The ref that is in it. */
  readonly ref: string;
  /** Where in it the agent works; empty: at its root. */
  readonly prefix: string;
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
  return done({ bundle: bundle.stdout, ref, prefix: state.prefix });
}

/** What an agent's folder is made of, for somebody who has the same repository. */
export interface FolderDifference {
  /** The caller's commit. */
  readonly commit: string;
  /** What is not in it; binary all through, so that no byte of a file depends on how the text is read. */
  readonly patch: string;
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
    return done({ commit, patch: new TextDecoder().decode(diff.stdout), prefix: state.prefix });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Puts what came back into the agent's folder.
 *
 * @param bundle absent: nothing was changed there, or nothing came
 */
export async function unpackFolder(parts: FolderParts, instanceId: string, bundle?: Uint8Array): Promise<Result<null>> {
  const here = await readyState(parts, instanceId);
  if (!here.ok) return here;
  const put = bundle === undefined ? done(null) : await putBundle(parts, here.value, bundle);
  await git(storeOf(here.value), ["update-ref", "-d", refOf(instanceId)]);
  return put;
}

async function putBundle(parts: FolderParts, state: FolderState, bundle: Uint8Array): Promise<Result<null>> {
  const what = `What came back for ${state.instanceId} could not be unpacked`;
  const folder = await mkdtemp(join(tmpdir(), "bizar-bundle-"));
  try {
    const path = join(folder, "bundle");
    await writeFile(path, bundle, { mode: 0o600 });
    const unbundled = await git(storeOf(state), ["bundle", "unbundle", path]);
    if (unbundled.code !== 0) return gitFailure(what, unbundled);
    const [commit = ""] = textOf(unbundled).split(" ");
    const tree = await git(storeOf(state), ["rev-parse", "--verify", `${commit}^{tree}`]);
    if (tree.code !== 0) return gitFailure(what, tree);
    const from = await snapshotOf(parts, state);
    if (!from.ok) return from;
    const root = { root: state.copy, gitDir: state.copyGitDir ?? "" };
    const put = await putTree(root, { from: from.value, to: textOf(tree), changedSince: async () => done([]) });
    return put.ok ? done(null) : put;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
