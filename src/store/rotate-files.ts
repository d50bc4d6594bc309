import { renameSync, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { isMissing } from "../lib/is-missing.ts";

const KEPT_ROTATIONS = 3;

/** Moves a log to `.1`, the one there to `.2`, and so on; the oldest of the three goes. */
export async function rotateFiles(path: string): Promise<void> {
  const [oldest, moves] = rotation(path);
  await rm(oldest, { force: true });
  for (const [from, to] of moves) await rename(from, to).catch(unlessMissing);
}

/** {@link rotateFiles} before it returns. */
export function rotateFilesNow(path: string): void {
  const [oldest, moves] = rotation(path);
  rmSync(oldest, { force: true });
  for (const [from, to] of moves) {
    try {
      renameSync(from, to);
    } catch (error) {
      unlessMissing(error);
    }
  }
}

/** The files of a log, newest first, whether they are there or not. */
export function logParts(path: string): string[] {
  return [path, ...Array.from({ length: KEPT_ROTATIONS }, (_, index) => `${path}.${index + 1}`)];
}

/** The file that goes, and what becomes of the others, oldest first. */
function rotation(path: string): readonly [oldest: string, moves: readonly (readonly [from: string, to: string])[]] {
  const names = logParts(path);
  const moves = names.slice(1).map((to, index) => [names[index] ?? path, to] as const);
  return [names.at(-1) ?? path, moves.toReversed()];
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
