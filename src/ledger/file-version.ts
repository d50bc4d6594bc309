import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";

/** A larger file is known by its time and size alone: its digest would be felt. */
const MOST_DIGESTED_BYTES = 262_144;

/** What tells one content of a file from another. */
export interface FileVersion {
  readonly mtimeMs: number;
  readonly size: number;
  /** Of the content; `null` of a large file. */
  readonly digest: string | null;
}

/**
 * The version of a file as it is now; `undefined` where there is no file that can be read.
 *
 * @param known a version of it from before: where nothing has touched the file since, it is not read again
 */
export async function versionOf(path: string, known?: FileVersion): Promise<FileVersion | undefined> {
  try {
    const status = await stat(path);
    if (!status.isFile()) return undefined;
    const { mtimeMs, size } = status;
    if (known?.mtimeMs === mtimeMs && known.size === size) return known;
    if (size > MOST_DIGESTED_BYTES) return { mtimeMs, size, digest: null };
    const content = await readFile(path);
    return { mtimeMs, size, digest: createHash("sha256").update(content).digest("hex") };
  } catch {
    // Not there, or not to be read: whoever wants to change it is told by the tool.
    return undefined;
  }
}

/** Whether two versions have the same content. A file that was only touched, or saved as it was, is the same. */
export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  if (one.digest !== null && other.digest !== null) return one.digest === other.digest;
  return one.mtimeMs === other.mtimeMs && one.size === other.size;
}
