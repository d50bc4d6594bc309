import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Builds a folder beside its place and then puts it there, so that nobody finds half of it, and of two builds at once
 * either one is whole.
 *
 * @param build fills the folder that it is given
 */
export async function putInPlace(target: string, build: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), ".build-"));
  try {
    const built = join(folder, "new");
    await mkdir(built);
    await build(built);
    await rename(target, join(folder, "old")).catch(nothingThere);
    await rename(built, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function nothingThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
