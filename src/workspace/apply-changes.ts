import { decideReview } from "./change-review.ts";
import { namesInWords } from "./file-names.ts";
import { changed, deciding, isoNow, originalOf, type FolderParts } from "./folder-parts.ts";
import { setRefs } from "./folder-refs.ts";
import type { FolderState } from "./folder-state.ts";
import { putTree } from "./put-tree.ts";
import { done, failure, type Result } from "./result.ts";
import { isEmpty, meet, removeCopy, takeResult } from "./take-result.ts";
import { conflictingFiles, countChanges, type Counts } from "./tree-changes.ts";

/** What was brought back. */
export interface Applied extends Counts {
  /** It had been done before. */
  readonly isRepeated: boolean;
  /** What is left in the agent's folder: too large, or not readable. */
  readonly leftOut: readonly string[];
}

const ATTEMPTS = 5;
const NOTHING = { files: 0, insertions: 0, deletions: 0 };

/** How changes are brought back. */
export interface ApplySettings {
  /** The tree that a person has looked at: another one is not brought back. */
  readonly seen?: string | undefined;
  readonly note?: string | undefined;
}

/**
 * Brings an agent's changes into the caller's files: all of them or none, over whatever was changed there since. Neither
 * the index nor a branch is touched. One who dies over it leaves what the next one completes.
 */
export async function applyChanges(
  parts: FolderParts,
  instanceId: string,
  { seen, note }: ApplySettings = {},
): Promise<Result<Applied>> {
  return await deciding(parts, instanceId, async (state) => {
    if (state.status === "applied") return done({ ...NOTHING, isRepeated: true, leftOut: state.leftOut });
    const current = await currentResult(parts, state);
    if (!current.ok) return current;
    if (seen !== undefined && seen !== current.value.resultTree) {
      return failure("changed", "The agent has changed more since you looked. Nothing was applied: look again.");
    }
    return await bringBack(parts, current.value, note);
  });
}

/** The state with what the agent has done by now. */
export async function currentResult(parts: FolderParts, state: FolderState): Promise<Result<FolderState>> {
  if (state.status === "discarded") return failure("nothing_to_do", "The agent's changes were discarded.");
  const taken = await takeResult(parts, state);
  if (!taken.ok) return taken;
  return isEmpty(taken.value) ? failure("nothing_to_do", "The agent has changed nothing.") : taken;
}

async function bringBack(parts: FolderParts, state: FolderState, note: string | undefined): Promise<Result<Applied>> {
  const counts = await countChanges(originalOf(state), state.baseTree, state.resultTree ?? state.baseTree);
  if (!counts.ok) return counts;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const put = await putOnce(parts, state);
    if (!put.ok) return put;
    if (put.value) return await settle(parts, state, counts.value, note);
  }
  return failure(
    "busy",
    "The files change all the time: nothing was changed by the apply. Try again when it is quiet.",
  );
}

async function putOnce(parts: FolderParts, state: FolderState): Promise<Result<boolean>> {
  return await meet(parts, state, async ({ now, tree, ...merged }, changedSince) => {
    const conflicts = conflictingFiles(merged);
    if (conflicts.length > 0) {
      const names = namesInWords(conflicts);
      return failure("conflict", `Nothing was changed. Both changed the same places of: ${names}.`, conflicts);
    }
    return await putTree({ root: state.original, gitDir: state.gitDir }, { from: now, to: tree, changedSince });
  });
}

async function settle(
  parts: FolderParts,
  state: FolderState,
  counts: Counts,
  note: string | undefined,
): Promise<Result<Applied>> {
  const { leftOut, result, resultTree, base, baseTree } = state;
  // What comes after this is judged against what has been brought back.
  const written = await changed(parts, state, {
    ...{ status: "applied", base: result ?? base, baseTree: resultTree ?? baseTree },
    review: decideReview(state.review, { decision: "applied", note }, isoNow(parts)),
  });
  if (!written.ok) return written;
  await setRefs(state, { base: result ?? base });
  // Tried again by the housekeeping.
  if (leftOut.length === 0) await removeCopy(parts, written.value, false);
  return done({ ...counts, isRepeated: false, leftOut });
}
