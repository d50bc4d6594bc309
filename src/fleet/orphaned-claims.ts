import { namesIn, type Files } from "../files/files.ts";
import type { OrphanedRecords } from "../store/orphaned-records.ts";
import { claimedInstance } from "../store/record-claims.ts";
import type { RecordFolder } from "../store/record-folder.ts";
import type { StatePaths } from "../store/state-paths.ts";

/**
 * Removes the claims on ended records that dead hosts have left: nobody else would, before somebody needs such a record
 * again, and after a restart of the machine nobody could tell that they are dead.
 */
export async function releaseOrphanedClaims(
  records: RecordFolder,
  lost: OrphanedRecords,
  files: Files,
  paths: StatePaths,
): Promise<void> {
  for (const name of await namesIn(files, paths.recordDir)) {
    const instanceId = claimedInstance(name);
    if (instanceId === undefined || ((await records.read(instanceId))?.endedAt ?? null) === null) continue;
    // Who takes it over gives it back with all that came before.
    if ((await lost.claimEnded(instanceId)) !== undefined) await lost.releaseEnded(instanceId);
  }
}
