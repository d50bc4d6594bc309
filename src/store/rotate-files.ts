import { renameSync, rmSync } from "node:fs";

const KEPT_ROTATIONS = 3;

/** Moves a log to `.1`, the one there to `.2`, and so on; the oldest of the three goes. */
export function rotateFiles(path: string): void {
  rmSync(`${path}.${KEPT_ROTATIONS}`, { force: true });
  for (let index = KEPT_ROTATIONS - 1; index >= 1; index--) {
    renameIfThere(`${path}.${index}`, `${path}.${index + 1}`);
  }
  renameIfThere(path, `${path}.1`);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
