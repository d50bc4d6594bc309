import { readFileSync, rmSync } from "node:fs";
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, utimes } from "node:fs/promises";
import { createExclusively } from "./create-exclusively.ts";
import { isMissing } from "../lib/is-missing.ts";
import { writeDurably, writeNow, writeQuickly } from "./durable-file.ts";

/** What is known of a file without reading it. */
export interface FileStatus {
  readonly isFile: boolean;
  readonly mtimeMs: number;
  readonly size: number;
  readonly ino: number;
}

/** What records and claims need of a file system. Failures are errors with a `code`, as of `node:fs`. */
export interface Files {
  /** Makes a folder and those above it, open to its owner only. */
  makeFolder(path: string): Promise<void>;
  /** From now on, only its owner may enter a folder. */
  restrict(folder: string): Promise<void>;
  names(folder: string): Promise<string[]>;
  /** A link is looked at itself. */
  look(path: string): Promise<FileStatus>;
  read(path: string): Promise<string>;
  /** Makes now the time at which a file was last modified. */
  touch(path: string): Promise<void>;
  /**
   * Replaces a file atomically and durably, if `isWanted` says so at that moment.
   *
   * @param behind what has to be on the disk before: both are written side by side, and where it rejects, this one stays
   * @returns whether it was replaced
   */
  replace(path: string, text: string, isWanted: () => boolean, behind?: Promise<unknown>): Promise<boolean>;
  /** Replaces a file atomically, but leaves it to the system when that reaches the disk. */
  replaceQuickly(path: string, text: string): Promise<void>;
  /** {@link Files.replace} before it returns. */
  replaceNow(path: string, text: string): void;
  /**
   * Makes a file that is not there yet, `EEXIST` otherwise. It is not durable, and on a file system without links its
   * text follows a moment later; where it finds no room, there is no file.
   */
  create(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file that may not be there. */
  remove(path: string): Promise<void>;
  /** {@link Files.read} before it returns. */
  readNow(path: string): string;
  /** {@link Files.remove} before it returns. */
  removeNow(path: string): void;
}

/** The file system of this machine. */
export const systemFiles: Files = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  restrict: async (folder) => await chmod(folder, 0o700),
  names: async (folder) => await readdir(folder),
  async look(path) {
    const status = await lstat(path);
    return { isFile: status.isFile(), mtimeMs: status.mtimeMs, size: status.size, ino: status.ino };
  },
  read: async (path) => await readFile(path, "utf8"),
  async touch(path) {
    const now = new Date();
    await utimes(path, now, now);
  },
  replace: async (path, text, isWanted, behind) => await writeDurably(path, text, isWanted, undefined, behind),
  replaceQuickly: writeQuickly,
  replaceNow: writeNow,
  create: createExclusively,
  rename: async (from, to) => await rename(from, to),
  remove: async (path) => await rm(path, { force: true }),
  readNow: (path) => readFileSync(path, "utf8"),
  removeNow: (path) => rmSync(path, { force: true }),
};

/** The names in a folder; none where there is no such folder. */
export async function namesIn(files: Pick<Files, "names">, folder: string): Promise<string[]> {
  try {
    return await files.names(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
