import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isCode } from "../lib/is-code.ts";

/** A lock that is held. */
export interface HeldLock {
  release(): void;
}

/**
 * Takes the lock of a file for this process alone, or finds it taken. It is SQLite's own lock of an empty database, which
 * takes the system's (`fcntl`), so that it ends with its holder, however that dies. Nothing is ever written into the file.
 */
export async function tryLock(path: string): Promise<HeldLock | "busy"> {
  const { constants, Database } = await import("bun:sqlite");
  const flags = constants.SQLITE_OPEN_READWRITE | constants.SQLITE_OPEN_CREATE | constants.SQLITE_OPEN_NOFOLLOW;
  // Refuses a link, also in the place of a folder on the way: those that lead to it are followed before.
  const database = new Database(join(await realpath(dirname(path)), basename(path)), flags);
  try {
    // In memory: beside the lock there would be a journal otherwise.
    database.run("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isCode(error, "SQLITE_BUSY")) return "busy";
    throw error;
  }
  return {
    release() {
      try {
        database.run("ROLLBACK");
      } finally {
        database.close();
      }
    },
  };
}
