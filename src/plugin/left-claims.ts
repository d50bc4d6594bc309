import { basename } from "node:path";
import type { Files } from "../files/files.ts";
import type { LostRecords } from "../store/lost-records.ts";
import type { RecordFolder } from "../store/record-folder.ts";
import { recordPath, type StatePaths } from "../store/state-paths.ts";

/**
 * Removes the claims on ended records that dead hosts have left: nobody else would, before somebody needs such a record
 * again, and after a restart of the machine nobody could tell that they are dead.
 */
export async function releaseLeftClaims(
  records: RecordFolder,
  lost: LostRecords,
  files: Files,
  paths: StatePaths,
): Promise<void> {
  const ended = (await records.list()).filter(({ endedAt }) => endedAt !== null);
  if (ended.length === 0) return;
  const names = new Set(await files.names(paths.recordDir));
  for (const { instanceId } of ended) {
    if (!names.has(`${basename(recordPath(paths, instanceId))}.claim`)) continue;
    // Who takes it over gives it back with all that came before.
    if ((await lost.claimEnded(instanceId)) !== undefined) await lost.releaseEnded(instanceId);
  }
}
