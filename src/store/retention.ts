import { unlink } from "node:fs/promises";
import { isMissing } from "../lib/is-missing.ts";
import { describeError } from "../lib/describe-error.ts";
import { isAlive, type SupervisorIdentity } from "../processes/supervisor-identity.ts";
import type { ListedRecord } from "./record.ts";
import { isTerminalRecord } from "./terminal-record.ts";
import { RecordClaims } from "./record-claims.ts";
import type { RecordFolder } from "./record-folder.ts";
import { filesByInstance, filesOf, KEPT_MS, staleFiles, type StaleFile } from "./stale-files.ts";
import { listState } from "./state-listing.ts";
import type { StatePaths } from "./state-paths.ts";

export interface RetentionParts {
  readonly paths: StatePaths;
  readonly records: RecordFolder;
  readonly identity: SupervisorIdentity;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly report: (message: string) => void;
  /** Only tells what would be removed. */
  readonly dryRun?: boolean;
  /** Stops it between two records. */
  readonly signal?: AbortSignal;
}

/**
 * Removes what is older than 7 days: agents that have ended, with their results and logs, what sessions have left, and
 * writes that were never finished. Nothing of a live owner, of a newer version or of anybody else, and nothing through
 * links. Several hosts may do it at once.
 *
 * @returns what was removed
 */
export async function removeOld(parts: RetentionParts): Promise<StaleFile[]> {
  const { paths, records, dryRun = false, signal } = parts;
  // Before the records are read: what comes since is new.
  const listing = await listState(paths);
  const claims = new RecordClaims(paths, parts.identity);
  const removed: StaleFile[] = [];
  let listed: Map<string, string[]> | undefined;
  for (const record of await records.list()) {
    if (signal?.aborted === true) return removed;
    if (!isOld(record, parts.now())) continue;
    listed ??= await filesByInstance(listing);
    const files = await filesOf(record, listed.get(record.instanceId) ?? []);
    removed.push(...(dryRun ? files : await removeInstance(parts, claims, record.instanceId, files)));
  }
  const stale = await staleFiles(listing, parts.now());
  return [...removed, ...(dryRun ? stale : await remove(parts, stale))];
}

/** Removes one instance, unless somebody has taken it up again. */
async function removeInstance(
  parts: RetentionParts,
  claims: RecordClaims,
  instanceId: string,
  files: readonly StaleFile[],
): Promise<StaleFile[]> {
  try {
    if (!(await claims.take(instanceId))) return [];
    let record = await parts.records.read(instanceId);
    try {
      return record !== undefined && isOld(record, parts.now()) ? await remove(parts, files) : [];
    } finally {
      record = await parts.records.read(instanceId);
      await claims.release(instanceId, record === undefined || isTerminalRecord(record));
    }
  } catch (error) {
    parts.report(`${instanceId}, which has ended long since, could not be removed: ${describeError(error)}`);
    return [];
  }
}

function isOld(record: ListedRecord, now: number): boolean {
  if (record.endedAt === null || !isTerminalRecord(record)) return false;
  return now - Date.parse(record.endedAt) > KEPT_MS && isAlive(record.supervisor) !== true;
}

async function remove({ report }: RetentionParts, files: readonly StaleFile[]): Promise<StaleFile[]> {
  const removed: StaleFile[] = [];
  for (const file of files) {
    try {
      // A name goes, never what a link leads to.
      await unlink(file.path);
      removed.push(file);
    } catch (error) {
      // Another host was faster.
      if (isMissing(error)) continue;
      report(`${file.path} could not be removed: ${describeError(error)}`);
    }
  }
  return removed;
}
