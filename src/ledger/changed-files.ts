import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExclusively } from "../files/create-exclusively.ts";
import { isNumber, isText, orAbsent, orNull, shape, type Checked } from "../lib/shape.ts";
import { isCode } from "../lib/is-code.ts";

/** Whoever holds a file for longer than this does not come back to it. */
const HELD_AT_MOST_MS = 10_000;
/** How long another one's change of the same file is waited for, and how often it is looked at. */
const PATIENCE_MS = 2000;
const LOOK_EVERY_MS = 15;

const isChange = shape({
  path: isText,
  version: shape({ mtimeMs: isNumber, size: isNumber, digest: orNull(isText) }),
  sessionId: isText,
  /** The background agent whose session it is. */
  instanceId: orAbsent(isText),
  agent: isText,
  /** Milliseconds since the epoch. */
  at: isNumber,
});

/** Who changed a file last by a tool of opencode, and what it was then. */
export type Change = Checked<typeof isChange>;

/**
 * The last change of each file, for all opencode processes that share a state folder: one small file each, by the real
 * path of what was changed. It is a memory of the last days, not a record: what cannot be written is not known.
 */
export class ChangedFiles {
  constructor(
    /** Where the changes are kept. */
    private readonly folder: string,
    private readonly now: () => number = Date.now,
  ) {}

  async last(path: string): Promise<Change | undefined> {
    try {
      const change: unknown = JSON.parse(await readFile(`${this.#place(path)}.json`, "utf8"));
      return isChange(change) && change.path === path ? change : undefined;
    } catch {
      // Never changed by a tool, or not to be made out: then nothing is known of it.
      return undefined;
    }
  }

  async record(change: Change): Promise<void> {
    const place = this.#place(change.path);
    const temporary = `${place}.${Math.floor(Math.random() * 2 ** 32)}`;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(temporary, JSON.stringify(change), { flag: "wx", mode: 0o600 });
    await rename(temporary, `${place}.json`);
  }

  /**
   * Holds a file against other sessions that change it by a tool, until the returned function is called. Nobody waits
   * for long: who holds a file may be waiting for a person.
   */
  async hold(path: string): Promise<() => Promise<void>> {
    const lock = `${this.#place(path)}.lock`;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const end = this.now() + PATIENCE_MS; this.now() < end;) {
      try {
        await createExclusively(lock, String(this.now()));
        return async () => await rm(lock, { force: true });
      } catch (error) {
        if (!isCode(error, "EEXIST")) throw error;
        if (await this.#isForgotten(lock)) await rm(lock, { force: true });
        else await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    }
    return async () => undefined;
  }

  async #isForgotten(lock: string): Promise<boolean> {
    try {
      return this.now() - (await stat(lock)).mtimeMs > HELD_AT_MOST_MS;
    } catch {
      // Given back meanwhile: then it can be taken.
      return false;
    }
  }

  #place(path: string): string {
    return join(this.folder, createHash("sha256").update(path).digest("hex").slice(0, 32));
  }
}
