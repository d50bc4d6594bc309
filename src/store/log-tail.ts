import { open } from "node:fs/promises";
import { isMissing } from "../lib/is-missing.ts";

const MOST_BYTES = 65_536;

/** The last lines of a log, oldest first; of one that has just been rotated the end of the part before as well. */
export async function logTail(path: string, lines: number): Promise<string[]> {
  const newest = await lastLines(path);
  const older = newest.length < lines ? await lastLines(`${path}.1`) : [];
  return [...older, ...newest].slice(-lines);
}

async function lastLines(path: string): Promise<string[]> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (file === undefined) return [];
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - MOST_BYTES);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const found = buffer.toString("utf8", 0, bytesRead).split("\n");
    // The first may be the end of a line, or of a character.
    if (start > 0) found.shift();
    if (found.at(-1) === "") found.pop();
    return found;
  } finally {
    await file.close();
  }
}
