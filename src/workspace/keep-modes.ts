import type { Stats } from "node:fs";
import { chmod, lstat } from "node:fs/promises";
import { join } from "node:path";
import type { TreeChange } from "./tree-changes.ts";

/**
 * Gives new files the modes of those that they replace: git knows only whether one is a program, and where
 * `core.fileMode` is off not even that of what lies there.
 */
export async function keepModes(root: string, staged: string, changes: readonly TreeChange[]): Promise<void> {
  for (const { path, kind, modes } of changes) {
    if (kind !== "changed") continue;
    const [old, fresh] = await Promise.all([plainFile(join(root, path)), plainFile(join(staged, path))]);
    if (old === undefined || fresh === undefined) continue;
    const before = old.mode & 0o777;
    const asBefore = modes[0] === modes[1];
    // Whoever may read it may run it.
    const runs = (fresh.mode & 0o100) === 0 ? 0 : (before & 0o444) >> 2;
    await chmod(join(staged, path), asBefore ? before : (before & ~0o111) | runs);
  }
}

async function plainFile(path: string): Promise<Stats | undefined> {
  const status = await lstat(path).catch(() => undefined);
  return status?.isFile() === true ? status : undefined;
}
