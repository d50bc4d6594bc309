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
    await rename(target, join(folder, "old")).catch(unless("ENOENT"));
    // Another build may have put its own there in between.
    await rename(built, target).catch(unless("ENOTEMPTY", "EEXIST"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unless(...codes: string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!codes.includes(error.code ?? "")) throw error;
  };
}
