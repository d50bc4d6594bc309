import { constants } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { isMissing } from "../lib/is-missing.ts";

const ROTATIONS = [3, 2, 1] as const;
const CHUNK_BYTES = 65_536;

/**
 * Reads a log that another process writes and rotates, from its oldest part on. It holds the part that it reads open, so
 * a rotation takes nothing away from it, and goes on with the part that follows.
 */
export class LogParts {
  #current: FileHandle | undefined;
  #inode = 0;
  #offset = 0;

  constructor(private readonly path: string) {}

  /** Hands out everything that is there by now. Settles with whether parts were rotated away before they were read. */
  async readOn(take: (bytes: Uint8Array) => Promise<void>): Promise<{ readonly hasGap: boolean }> {
    let hasGap = false;
    for (;;) {
      // The next part is looked up first: it is there only when the current one is complete.
      const next = await this.#next();
      if (this.#current !== undefined) await this.#readToEnd(this.#current, take);
      if (next === undefined) return { hasGap };
      if (await this.#open(next)) hasGap ||= next.hasGap;
    }
  }

  async close(): Promise<void> {
    await this.#current?.close();
    this.#current = undefined;
  }

  async #readToEnd(file: FileHandle, take: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, this.#offset);
      if (bytesRead === 0) {
        if ((await file.stat()).size >= this.#offset) return;
        // Somebody has emptied it.
        this.#offset = 0;
        continue;
      }
      this.#offset += bytesRead;
      await take(buffer.subarray(0, bytesRead));
    }
  }

  /** The part behind the current one; the oldest where there is none yet. */
  async #next(): Promise<NextPart | undefined> {
    const parts = await this.#parts();
    const at = this.#current === undefined ? -1 : parts.findIndex(({ inode }) => inode === this.#inode);
    const next = parts[at + 1];
    // Not found again: so many parts came since that ours is no longer kept.
    return next === undefined ? undefined : { ...next, hasGap: this.#current !== undefined && at < 0 };
  }

  /** The parts that are there, oldest first: looked at until two looks agree, since a rotation may be under way. */
  async #parts(): Promise<readonly Part[]> {
    const paths = [...ROTATIONS.map((number) => `${this.path}.${number}`), this.path];
    for (let before = ""; ;) {
      const inodes = await Promise.all(paths.map(inodeOf));
      const now = inodes.join(" ");
      if (now === before) return paths.flatMap((path, index) => partOf(path, inodes[index]));
      before = now;
    }
  }

  /** Whether the part could be opened: it may have been rotated since, then the next look finds it. */
  async #open({ path, inode }: Part): Promise<boolean> {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(unlessMissing);
    if (file === undefined) return false;
    if ((await file.stat()).ino !== inode) {
      await file.close();
      return false;
    }
    await this.#current?.close();
    this.#current = file;
    this.#inode = inode;
    this.#offset = 0;
    return true;
  }
}

interface Part {
  readonly path: string;
  readonly inode: number;
}

interface NextPart extends Part {
  readonly hasGap: boolean;
}

function partOf(path: string, inode: number | undefined): Part[] {
  return inode === undefined ? [] : [{ path, inode }];
}

async function inodeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(unlessMissing))?.ino;
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
