import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { aboutFile, aboutFileNow } from "./about-file.ts";
import { isMissing } from "../lib/is-missing.ts";

// Own code, since what the libraries for this have in common loses signals: to remove their temporary file they listen
// for each signal while they write. Whoever listens takes it from the system, and where the write is over before it is
// told nobody ends the process (write-file-atomic 8.0.0, Bun 1.3.14): Ctrl-C did nothing.

const OWNER_ONLY = 0o600;
const always = (): boolean => true;

/** The last write of each file that {@link writeQuickly} writes at this moment. */
const underWay = new Map<string, Promise<unknown>>();

interface Replacement {
  readonly isWanted?: () => boolean;
  readonly mode?: number;
  readonly isDurable: boolean;
  readonly behind?: Promise<unknown> | undefined;
}

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
  mode = OWNER_ONLY,
  behind?: Promise<unknown>,
): Promise<boolean> {
  return await replace(path, text, { isWanted, mode, behind, isDurable: true });
}

/**
 * Replaces a file atomically, but leaves it to the system when that reaches the disk. Writes of one file come in their
 * order.
 */
export async function writeQuickly(path: string, text: string): Promise<void> {
  const before = underWay.get(path);
  const writing = (async () => {
    await before?.catch(() => undefined);
    await replace(path, text, { isDurable: false });
  })();
  underWay.set(path, writing);
  try {
    await writing;
  } finally {
    if (underWay.get(path) === writing) underWay.delete(path);
  }
}

/** {@link writeDurably} before it returns. Makes the folder where that has gone. */
export function writeNow(path: string, text: string): void {
  const write = () => aboutFileNow(path, () => replaceNow(path, text));
  try {
    write();
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    write();
  }
}

async function replace(path: string, text: string, how: Replacement): Promise<boolean> {
  const { isWanted = always, mode = OWNER_ONLY, isDurable, behind } = how;
  const temporary = temporaryPath(path);
  return await aboutFile(path, async () => {
    try {
      const handle = await open(temporary, "wx", mode);
      try {
        await handle.writeFile(text);
        if (isDurable) await handle.sync();
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

function replaceNow(path: string, text: string): void {
  const temporary = temporaryPath(path);
  try {
    const handle = openSync(temporary, "wx", OWNER_ONLY);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // What kept it from being written is what there is to say.
    }
    throw error;
  }
}

/** Beside the file, with a number of 32 bits: what is left of a write that was never finished is known by it. */
function temporaryPath(path: string): string {
  return `${path}.${Math.floor(Math.random() * 2 ** 32)}`;
}
