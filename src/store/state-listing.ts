import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../lib/is-missing.ts";
import type { StatePaths } from "./state-paths.ts";

/** The names in a folder of ours; nothing but the names was looked at yet. */
export interface FolderListing {
  readonly folder: string;
  readonly names: readonly string[];
}

/** The names in the folders of the state, at one moment. */
export interface StateListing {
  /** The record folder. */
  readonly records: FolderListing;
  readonly logs: FolderListing;
  /** Guard state of sessions. */
  readonly sessions: FolderListing;
  /** What is known of files that sessions have changed. */
  readonly changes: FolderListing;
  /** The state folder itself. */
  readonly root: FolderListing;
}

export async function listState(paths: StatePaths): Promise<StateListing> {
  const [records, logs, sessions, changes, root] = await Promise.all([
    list(paths.recordDir),
    list(paths.logDir),
    list(join(paths.stateDir, "sessions")),
    list(paths.changeDir),
    list(paths.stateDir),
  ]);
  return { records, logs, sessions, changes, root };
}

/** A link in the place of a folder leads to files that may be somebody else's: nothing is seen through it. */
async function list(folder: string): Promise<FolderListing> {
  try {
    return { folder, names: (await lstat(folder)).isDirectory() ? await readdir(folder) : [] };
  } catch (error) {
    if (isMissing(error)) return { folder, names: [] };
    throw error;
  }
}
