import { createHash } from "node:crypto";
import { lstat, readFile, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isMissing } from "../lib/is-missing.ts";
import { isUnreadable } from "./file-names.ts";
import type { TreeChange } from "./tree-changes.ts";

/** With more, git is as fast. */
const MOST_FILES = 200;
const MOST_BYTES = 2_000_000;
const [LINK, PROGRAM] = ["120000", "100755"];
const OWNER_RUNS = 0o100;
const SHA_256_LENGTH = 64;

/**
 * Whether a working tree has the files of these changes as they were before them, and has nothing where new ones are to
 * come: whatever else has changed there, they fit, and git need not be asked. `false` says no more than that it must be.
 */
export async function areUntouched(root: string, changes: readonly TreeChange[]): Promise<boolean> {
  if (changes.length > MOST_FILES || changes.some(({ path, isSubmodule }) => isSubmodule || isUnreadable(path))) {
    return false;
  }
  // Files that were moved take along what others have made beside them, for all that git makes of it.
  const kinds = new Set(changes.map(({ kind }) => kind));
  if (kinds.has("added") && kinds.has("deleted")) return false;
  try {
    const folders = [...new Set(changes.flatMap(({ path }) => foldersAbove(path)))];
    const sound = await Promise.all([
      ...folders.map(async (folder) => await isPlainFolder(join(root, folder))),
      ...changes.map(async (change) => await isAsBefore(join(root, change.path), change)),
    ]);
    return sound.every(Boolean);
  } catch {
    // Not readable, or a folder where a file was.
    return false;
  }
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === "." ? [] : [above, ...foldersAbove(above)];
}

/** No link, and no repository of its own. */
async function isPlainFolder(folder: string): Promise<boolean> {
  const [found, inner] = await Promise.all([lstat(folder), isThere(join(folder, ".git"))]);
  return found.isDirectory() && !inner;
}

async function isAsBefore(path: string, { kind, before, modes: [mode] }: TreeChange): Promise<boolean> {
  if (kind === "added") return !(await isThere(path));
  const found = await lstat(path);
  if (mode === LINK) return found.isSymbolicLink() && idOf(Buffer.from(await readlink(path)), before) === before;
  if (!found.isFile() || found.size > MOST_BYTES) return false;
  if (((found.mode & OWNER_RUNS) !== 0) !== (mode === PROGRAM)) return false;
  return idOf(await readFile(path), before) === before;
}

/** The name that git gives to a content, as long as another one. */
function idOf(content: Uint8Array, like: string): string {
  const hash = createHash(like.length === SHA_256_LENGTH ? "sha256" : "sha1");
  return hash.update(`blob ${content.length}\0`).update(content).digest("hex");
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
