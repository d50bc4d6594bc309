import { mkdirSync, renameSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { aboutFile, aboutFileNow } from "./about-file.ts";
import { isMissing } from "../lib/is-missing.ts";

const always = (): boolean => true;

/**
 * Replaces a file atomically and durably: a unique temporary name, fsync, rename. `isWanted` is asked last of all: what
 * it says holds when the file is replaced, since nothing comes between the two.
 *
 * @param mode of the file, less what the umask takes
 * @param behind what has to be on the disk before; where it rejects, the file stays as it is
 * @returns whether the file was replaced
 */
export async function writeDurably(
  path: string,
  text: string,
  isWanted = always,
  mode = 0o600,
  behind?: Promise<unknown>,
): Promise<boolean> {
  // write-file-atomic, which the others here use, gives no say once it has begun.
  const temporary = `${path}.${Math.floor(Math.random() * 2 ** 32)}`;
  return await aboutFile(path, async () => {
    try {
      const handle = await open(temporary, "wx", mode);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await behind;
      if (isWanted()) {
        renameSync(temporary, path);
        return true;
      }
      await rm(temporary, { force: true });
      return false;
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  });
}

/**
 * Replaces a file atomically, but leaves it to the system when that reaches the disk. The library is loaded at the first
 * write, since the host waits for the plugin at its start.
 */
export async function writeQuickly(path: string, text: string): Promise<void> {
  const { default: writeFileAtomic } = await import("write-file-atomic");
  await aboutFile(path, async () => await writeFileAtomic(path, text, { mode: 0o600, fsync: false }));
}

/** {@link writeDurably} before it returns, which cannot wait for a module. Makes the folder where that has gone. */
export async function loadSynchronousWriter(): Promise<(path: string, text: string) => void> {
  const { default: writeFileAtomic } = await import("write-file-atomic");
  const write = (path: string, text: string) =>
    aboutFileNow(path, () => writeFileAtomic.sync(path, text, { mode: 0o600 }));
  return (path, text) => {
    try {
      write(path, text);
    } catch (error) {
      if (!isMissing(error)) throw error;
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      write(path, text);
    }
  };
}
