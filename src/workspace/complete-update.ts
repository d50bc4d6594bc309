import { changed, hasCopy, snapshotSettings, storeOf, type FolderParts } from "./folder-parts.ts";
import { setRefs } from "./folder-refs.ts";
import type { FolderState } from "./folder-state.ts";
import { git, gitFailure } from "./git.ts";
import { putTree } from "./put-tree.ts";
import { done, type Result } from "./result.ts";
import { commitTree, takeSnapshot } from "./snapshot.ts";

/**
 * Puts the files of an update that was begun into the copy, whatever is there already; where none was begun, the state is
 * as it is.
 */
export async function completeUpdate(parts: FolderParts, state: FolderState): Promise<Result<FolderState>> {
  const { update, copy, copyGitDir, brought } = state;
  if (update === null || copyGitDir === null || !hasCopy(state)) return done(state);
  const tree = { root: copy, gitDir: copyGitDir };
  const settings = { ...snapshotSettings(parts), without: brought, otherwise: state.base };
  const now = await takeSnapshot(tree, settings);
  if (!now.ok) return now;
  const put = await putTree(tree, { from: now.value.tree, to: update.tree, changedSince: async () => done([]) });
  if (!put.ok) return put;
  const place = { cwd: copy, gitDir: copyGitDir };
  const moved = await git(place, ["update-ref", "--no-deref", "HEAD", update.base]);
  if (moved.code !== 0) return gitFailure(`${copy} could not be brought up to date`, moved);
  const read = await git(place, ["read-tree", "--reset", update.base]);
  if (read.code !== 0) return gitFailure(`${copy} could not be brought up to date`, read);
  const result = await commitTree(
    storeOf(state),
    update.tree,
    update.base,
    `What the agent ${state.instanceId} has done`,
  );
  if (!result.ok) return result;
  const kept = await setRefs(state, { result: result.value });
  if (!kept.ok) return kept;
  return await changed(parts, state, {
    ...{ update: null, base: update.base, baseTree: update.baseTree },
    ...{ result: result.value, resultTree: update.tree },
  });
}
