import { holding, storeOf, type FolderParts } from "./folder-parts.ts";
import { setRefs } from "./folder-refs.ts";
import type { FolderState } from "./folder-state.ts";
import { git, gitFailure } from "./git.ts";
import { putTree } from "./put-tree.ts";
import { done, failure, type Result } from "./result.ts";
import { commitTree, takeSnapshot } from "./snapshot.ts";
import { changed, hasCopy, meet, takeResult } from "./take-result.ts";

/** What came of bringing an agent's copy up to date. */
export interface Updated {
  /** Files in which both changed the same place: there are markers in them. */
  readonly conflicts: readonly string[];
  /** The caller's tree is what the copy was made of. */
  readonly isCurrent: boolean;
}

/** Merges the caller's tree of now into an agent's copy, which is made of that from then on. */
export async function updateCopy(parts: FolderParts, instanceId: string): Promise<Result<Updated>> {
  const known = await parts.states.read(instanceId);
  if (known === undefined) return failure("no_folder", `The agent ${instanceId} has no folder of its own.`);
  return await holding(parts, known.commonDir, async () => {
    const state = (await parts.states.read(instanceId)) ?? known;
    if (state.status !== "open" || !hasCopy(state)) {
      return failure(
        "nothing_to_do",
        "The agent has no open changes: its next turn starts from the files as they are then.",
      );
    }
    const whole = state.update === null ? done(state) : await completeUpdate(parts, state);
    const taken = whole.ok ? await takeResult(parts, whole.value) : whole;
    return taken.ok ? await mergeInto(parts, taken.value) : taken;
  });
}

async function mergeInto(parts: FolderParts, state: FolderState): Promise<Result<Updated>> {
  const met = await meet(parts, state, async (meeting) => done(meeting));
  if (!met.ok) return met;
  const { now, commit, tree, conflicts } = met.value;
  if (state.baseTree === now) return done({ conflicts: [], isCurrent: true });
  // From here on it can be brought to its end, whoever dies meanwhile.
  const kept = await setRefs(state, { base: commit });
  if (!kept.ok) return kept;
  const begun = await changed(parts, state, { update: { tree, base: commit, baseTree: now } });
  if (!begun.ok) return begun;
  const complete = await completeUpdate(parts, begun.value);
  return complete.ok ? done({ conflicts, isCurrent: false }) : complete;
}

/** Puts the files of an update into the copy, whatever is there already. */
export async function completeUpdate(parts: FolderParts, state: FolderState): Promise<Result<FolderState>> {
  const { update, copy, copyGitDir, brought } = state;
  if (update === null || copyGitDir === null) return done(state);
  const tree = { root: copy, gitDir: copyGitDir };
  const settings = { untrackedBytes: parts.untrackedBytes, without: brought, otherwise: state.base };
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
