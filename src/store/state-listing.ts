import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { StatePaths } from "./state-paths.ts";

/** A file of ours by its name; nothing but the name was looked at yet. */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
}

/** The names in the folders of the state, at one moment. */
export interface StateListing {
  /** The record folder. */
  readonly records: readonly NamedFile[];
  readonly logs: readonly NamedFile[];
  /** Guard state of sessions. */
  readonly sessions: readonly NamedFile[];
  /** The state folder itself. */
  readonly root: readonly NamedFile[];
}

export async function listState(paths: StatePaths): Promise<StateListing> {
  const [records, logs, sessions, root] = await Promise.all([
    list(paths.recordDir),
    list(paths.logDir),
    list(join(paths.stateDir, "sessions")),
    list(paths.stateDir),
  ]);
  return { records, logs, sessions, root };
}

/** A link in the place of a folder leads to files that may be somebody else's: nothing is seen through it. */
async function list(folder: string): Promise<NamedFile[]> {
  try {
    if (!(await lstat(folder)).isDirectory()) return [];
    return (await readdir(folder)).map((name) => ({ name, path: join(folder, name) }));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
