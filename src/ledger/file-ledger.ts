import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { NewestMap } from "../lib/newest-map.ts";
import type { Change, ChangedFiles } from "./changed-files.ts";
import { isSameVersion, versionOf, type FileVersion } from "./file-version.ts";

const MOST_SESSIONS = 200;
const MOST_FILES = 2000;
const MOST_CALLS = 500;

/** Who a session is, for those who are told of its changes. */
export interface Author {
  readonly sessionId: string;
  /** The background agent whose session it is, where it is one's. */
  readonly instanceId: string | undefined;
  readonly agent: string;
}

/** A call that reads or changes files. */
export interface FileCall {
  readonly callId: string;
  readonly author: Author;
  /** What the call is about to do with the files: a whole content takes the place of whatever stands there. */
  readonly does: "read" | "edit" | "overwrite";
  /** As the arguments name them. */
  readonly paths: readonly string[];
}

/** A file that somebody else has changed since the session saw it. */
export interface Stale {
  readonly path: string;
  /** Who did; absent where it was no tool of opencode. */
  readonly change: Change | undefined;
  /** Whether the session had seen the file before. */
  readonly wasSeen: boolean;
}

/** What a session knows of a file. */
interface Seen {
  readonly version: FileVersion | undefined;
  /** A change that it has never looked at, although it has edited the file since. */
  readonly missed?: Stale | undefined;
}

interface OpenCall {
  /** What each file was when the call began, and what the session did not know of it. */
  readonly files: ReadonlyMap<string, Seen>;
  readonly release: readonly (() => Promise<void>)[];
}

export interface FileLedgerParts {
  readonly directory: string;
  readonly changes: ChangedFiles;
  readonly now?: () => number;
  /** The ledger could not be kept; work goes on without it. */
  readonly report: (message: string, cause: unknown) => void;
}

/**
 * Which version of each file the sessions of this process have seen, and who changed it since. A session that would put
 * a whole content over a change which it has not seen is stopped once.
 */
export class FileLedger {
  readonly #parts: FileLedgerParts;
  readonly #seen = new NewestMap<NewestMap<Seen>>(MOST_SESSIONS);
  readonly #open = new NewestMap<OpenCall>(MOST_CALLS);

  constructor(parts: FileLedgerParts) {
    this.#parts = parts;
  }

  /** A call begins; the files that it must not overwrite: then it does not take place. Never rejects. */
  async begin(call: FileCall): Promise<readonly Stale[]> {
    const held: (() => Promise<void>)[] = [];
    try {
      const paths = [...new Set(await Promise.all(call.paths.map(async (path) => await this.#real(path))))].toSorted();
      const files = new Map<string, Seen>();
      // In one order for all, so that no two wait for each other.
      for (const path of paths) {
        if (call.does !== "read") held.push(await this.#parts.changes.hold(path));
        files.set(path, await this.#look(call, path));
      }
      const stale = [...files.values()].flatMap(({ missed }) => missed ?? []);
      if (call.does !== "overwrite" || stale.length === 0) {
        this.#open.set(call.callId, { files, release: held });
        return [];
      }
      // Once is enough: whoever insists has been told.
      for (const { path } of stale) this.#see(call.author.sessionId, path, { version: files.get(path)?.version });
      await releaseAll(held);
      return stale;
    } catch (error) {
      this.#parts.report("The changes of files by other sessions could not be looked at.", error);
      await releaseAll(held).catch(() => undefined);
      return [];
    }
  }

  /** The call has done what it was to do. Never rejects. */
  async done({ callId, author, does }: FileCall): Promise<void> {
    const open = this.#open.get(callId);
    this.#open.delete(callId);
    if (open === undefined) return;
    try {
      for (const [path, before] of open.files) {
        if (does === "read") {
          // What stood there before it was read, or something newer, which is told as a change once more.
          this.#see(author.sessionId, path, { version: before.version });
          continue;
        }
        const version = await versionOf(path);
        // An edit shows the session one place of the file, and nothing of what others have changed around it.
        this.#see(author.sessionId, path, { version, missed: does === "edit" ? before.missed : undefined });
        if (version !== undefined) {
          await this.#parts.changes.record({ ...author, path, version, at: (this.#parts.now ?? Date.now)() });
        }
      }
    } catch (error) {
      this.#parts.report("The changes of files could not be kept for other sessions.", error);
    }
    await releaseAll(open.release).catch(() => undefined);
  }

  /** The call has failed, or was not made. */
  async failed(callId: string): Promise<void> {
    const open = this.#open.get(callId);
    this.#open.delete(callId);
    if (open !== undefined) await releaseAll(open.release).catch(() => undefined);
  }

  async #look({ author, does }: FileCall, path: string): Promise<Seen> {
    const seen = this.#seenBy(author.sessionId).get(path);
    const version = await versionOf(path, seen?.version);
    if (does === "read" || version === undefined) return { version };
    if (seen?.version !== undefined && isSameVersion(seen.version, version)) return { version, missed: seen.missed };
    const last = await this.#parts.changes.last(path);
    const change = last !== undefined && isSameVersion(last.version, version) ? last : undefined;
    if (change?.sessionId === author.sessionId) return { version, missed: seen?.missed };
    // Nobody's change of a file that the session never looked at is its own affair, as it is without this ledger.
    if (change === undefined && seen === undefined) return { version };
    return { version, missed: { path, change, wasSeen: seen !== undefined } };
  }

  #seenBy(sessionId: string): NewestMap<Seen> {
    const known = this.#seen.get(sessionId) ?? new NewestMap<Seen>(MOST_FILES);
    // Whoever works on is forgotten last.
    this.#seen.set(sessionId, known);
    return known;
  }

  #see(sessionId: string, path: string, seen: Seen): void {
    if (seen.version === undefined) this.#seenBy(sessionId).delete(path);
    else this.#seenBy(sessionId).set(path, seen);
  }

  /** One file has one name, whatever links lead to it; one that is not there yet has that of its folder. */
  async #real(path: string): Promise<string> {
    const whole = resolve(this.#parts.directory, path);
    return await realpath(whole).catch(async () => {
      const folder = await realpath(dirname(whole)).catch(() => dirname(whole));
      return join(folder, basename(whole));
    });
  }
}

async function releaseAll(held: readonly (() => Promise<void>)[]): Promise<void> {
  await Promise.all(held.map(async (release) => await release()));
}
