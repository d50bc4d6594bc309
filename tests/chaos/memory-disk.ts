import { dirname } from "node:path";
import type { Files } from "../../src/files/files.ts";
import type { Clock } from "../../src/lib/clock.ts";
import type { OsProcess } from "./os-processes.ts";
import type { PendingOperations } from "./pending-operations.ts";

interface Entry {
  readonly text: string;
  readonly isFile: boolean;
  readonly ino: number;
  readonly mtimeMs: number;
  /** Whether its text outlives a power failure. */
  readonly isDurable: boolean;
}

/** A file that was made, replaced or removed. */
export interface Change {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A disk in memory that several processes use: full or slow at times. */
export class MemoryDisk {
  /** Whether it was ever full. */
  wasFull = false;
  #isFull = false;
  readonly #entries = new Map<string, Entry>();
  #numbers = 0;

  constructor(
    private readonly clock: Clock,
    private readonly operations: PendingOperations,
    private readonly changed: (change: Change) => void,
  ) {}

  get isFull(): boolean {
    return this.#isFull;
  }

  set isFull(isFull: boolean) {
    this.#isFull = isFull;
    this.wasFull ||= isFull;
  }

  /** What a file holds now. */
  text(path: string): string | undefined {
    return this.#entries.get(path)?.text;
  }

  paths(): string[] {
    return [...this.#entries.keys()];
  }

  /** Something that was there before everything began. */
  place(path: string, text: string, isFile = true): void {
    this.#entries.set(path, this.#entry(text, true, isFile));
  }

  /** What was not forced to the disk may be empty after a power failure. */
  losePower(isLost: () => boolean): void {
    for (const [path, entry] of this.#entries) {
      if (!entry.isDurable && isLost()) this.#entries.set(path, { ...entry, text: "" });
    }
  }

  /** The file system as one process sees it. */
  filesOf(process: OsProcess): Files {
    const perform: PendingOperations["perform"] = async (...args) => await this.operations.perform(...args);
    const replace = (path: string, text: string) => {
      const temporary = `${path}.${++this.#numbers}`;
      const write = () => this.#write(temporary, text, true);
      return { temporary, write, rename: () => this.#move(temporary, path) };
    };
    return {
      makeFolder: async () => await perform(process, () => undefined),
      restrict: async () => await perform(process, () => undefined),
      names: async (folder) => await perform(process, () => this.#names(folder)),
      look: async (path) =>
        await perform(process, () => ({ ...this.#existing(path), size: this.#existing(path).text.length })),
      read: async (path) => await perform(process, () => this.#existing(path).text),
      touch: async (path) => await perform(process, () => this.#touch(path)),
      replace: async (path, text, isWanted, behind) => {
        const { temporary, write, rename } = replace(path, text);
        const last = behind === undefined ? [write] : [];
        if (behind !== undefined) {
          await perform(process, write);
          await behind.catch((error: unknown) => {
            this.#remove(temporary);
            throw error;
          });
        }
        return await perform(process, ...last, () => {
          if (isWanted()) rename();
          else this.#remove(temporary);
          return isWanted();
        });
      },
      replaceQuickly: async (path, text) => await perform(process, () => this.#write(path, text, false)),
      replaceNow: (path, text) => {
        if (!process.isAlive) return;
        const { write, rename } = replace(path, text);
        write();
        rename();
      },
      create: async (path, text) =>
        await perform(
          process,
          () => {
            if (this.#entries.has(path)) throw failure("EEXIST", path);
            this.#write(path, "", false);
          },
          () => {
            if (this.isFull) this.#remove(path);
            this.#write(path, text, false);
          },
        ),
      rename: async (from, to) => await perform(process, () => this.#move(from, to)),
      remove: async (path) => await perform(process, () => this.#remove(path)),
      readNow: (path) => this.#existing(path).text,
      removeNow: (path) => {
        if (process.isAlive) this.#remove(path);
      },
    };
  }

  #names(folder: string): string[] {
    return [...this.#entries.keys()].flatMap((path) => (dirname(path) === folder ? path.slice(folder.length + 1) : []));
  }

  #existing(path: string): Entry {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw failure("ENOENT", path);
    return entry;
  }

  #write(path: string, text: string, isDurable: boolean): void {
    if (this.isFull) throw failure("ENOSPC", path);
    const before = this.text(path);
    this.#entries.set(path, this.#entry(text, isDurable));
    this.changed({ path, before, after: text });
  }

  #touch(path: string): void {
    this.#entries.set(path, { ...this.#existing(path), mtimeMs: this.clock.now() });
  }

  #move(from: string, to: string): void {
    const entry = this.#existing(from);
    const before = this.text(to);
    this.#entries.delete(from);
    this.#entries.set(to, entry);
    this.changed({ path: from, before: entry.text, after: undefined });
    this.changed({ path: to, before, after: entry.text });
  }

  #remove(path: string): void {
    const before = this.text(path);
    this.#entries.delete(path);
    if (before !== undefined) this.changed({ path, before, after: undefined });
  }

  #entry(text: string, isDurable: boolean, isFile = true): Entry {
    return { text, isFile, ino: ++this.#numbers, mtimeMs: this.clock.now(), isDurable };
  }
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
