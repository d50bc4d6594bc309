import { completeUpdate } from "./complete-update.ts";
import { changed, hasCopy, deciding, type FolderParts } from "./folder-parts.ts";
import { setRefs } from "./folder-refs.ts";
import type { FolderState } from "./folder-state.ts";
import { done, failure, type Result } from "./result.ts";
import { meet, takeResult } from "./take-result.ts";

/** What came of bringing an agent's copy up to date. */
export interface Updated {
  /** Files in which both changed the same place: there are markers in them. */
  readonly conflicts: readonly string[];
  /** The caller's tree is what the copy was made of. */
  readonly isCurrent: boolean;
}

/** Merges the caller's tree of now into an agent's copy, which is made of that from then on. */
export async function updateCopy(parts: FolderParts, instanceId: string): Promise<Result<Updated>> {
  return await deciding(parts, instanceId, async (state) => {
    if (state.status !== "open" || !hasCopy(state)) {
      return failure(
        "nothing_to_do",
        "The agent has no open changes: its next turn starts from the files as they are then.",
      );
    }
    const taken = await takeResult(parts, state);
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
  if (complete.ok) return done({ conflicts, isCurrent: false });
  if (complete.reason === "conflict") await takeBack(parts, state);
  return complete;
}

/** What is in the way in the copy would be there at the next try as well, and no other action would come to its end. */
async function takeBack(parts: FolderParts, state: FolderState): Promise<void> {
  const back = await changed(parts, state, { update: null });
  if (back.ok) await setRefs(state, { base: state.base });
}
