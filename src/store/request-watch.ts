import { basename } from "node:path";
import { lstat, readdir, readFile, rename, rm } from "node:fs/promises";
import { describeError } from "../lib/describe-error.ts";
import { writeDurably } from "../files/durable-file.ts";
import { identifyFolder } from "../files/folder-identity.ts";
import { isMissing } from "../lib/is-missing.ts";
import { watchNames } from "../files/watch-names.ts";
import { lookAgain, type RepeatedLook } from "../lib/look-again.ts";
import type { Clock } from "../lib/clock.ts";
import { parseRequest, requestNamed, signedContent, type OwnerRequest, type RequestFile } from "./request-files.ts";
import { decisionsFolder, type StatePaths } from "./state-paths.ts";
import { isCodeOf, readUserKey } from "./user-key.ts";
import { setAside } from "./set-aside.ts";
import { onceMore } from "../lib/once-more.ts";

/** Whoever asks touches the file twice a second and takes it back after 10 s: an older one was left by somebody who died. */
const DEAD_REQUEST_MS = 60_000;
/** Beside the events, of which there may be none: a fraction of the 10 s for which whoever asks waits. */
const LOOK_MS = 2000;

export interface RequestWatchParts {
  readonly paths: StatePaths;
  /** Whether the instance is this supervisor's: requests to others are left to their owners. */
  readonly isOurs: (instanceId: string) => Promise<boolean>;
  /** Does what is asked. The one who asked hears of it when this settles, and why when it rejects. */
  readonly onRequest: (instanceId: string, request: OwnerRequest) => Promise<void>;
  /** Whether something runs that others may want to reach. */
  readonly isNeeded: () => boolean;
  /** Told once of each file that is no request. */
  readonly report: (message: string) => void;
  /** The record folder was removed, or another one is in its place. */
  readonly folderLost: () => void;
  readonly clock: Clock;
  /** Watches the names in a folder, as {@link watchNames} does. */
  readonly watchNames?: typeof watchNames;
}

/**
 * The owner's side of the request files: watches the record folder once the supervisor owns a record, and takes no time
 * while nothing runs and nothing is asked. Where events do not come (no watch left to be had, a file system without
 * them, another folder in the place of the one that is watched) it looks by itself now and then, and watches anew. A
 * request is taken by renaming it, so that the one who asked either takes it back or has it done, never both.
 */
export class RequestWatch {
  readonly #parts: RequestWatchParts;
  readonly #reported = new Set<string>();
  readonly #looks: RepeatedLook;
  /** The record folder that was there at the last look, as {@link identifyFolder} tells it. */
  #folder: string | undefined;
  #watcher: { close(): void } | null = null;
  readonly #lookSoon = onceMore(async () => await this.#look());
  #isClosed = false;

  constructor(parts: RequestWatchParts) {
    this.#parts = parts;
    this.#looks = lookAgain(parts.clock, LOOK_MS, async () => {
      this.#lookSoon();
      return parts.isNeeded();
    });
  }

  /** Looks for requests now, and from now on whenever one comes. */
  open(): void {
    if (this.#isClosed) return;
    this.#looks.arm();
    this.#lookSoon();
  }

  close(): void {
    this.#isClosed = true;
    this.#looks.clear();
    this.#unwatch();
  }

  async #watch(): Promise<void> {
    const { recordDir } = this.#parts.paths;
    const folder = await identifyFolder(recordDir);
    const isSame = folder === this.#folder;
    if (this.#isClosed || (isSame && this.#watcher !== null)) return;
    if (!isSame && this.#folder !== undefined) this.#parts.folderLost();
    this.#folder = folder;
    this.#unwatch();
    if (folder !== undefined) this.#watchFolder(recordDir);
  }

  #watchFolder(recordDir: string): void {
    const changed = (name: string | null) => {
      // Of a request that is renamed into its place only the temporary name may be told.
      if (name?.includes(".request-") ?? true) this.#lookSoon();
    };
    let hasFailed = false;
    let watcher: { close(): void } | undefined;
    const failed = () => {
      hasFailed = true;
      if (this.#watcher === watcher) this.#watcher = null;
    };
    watcher = (this.#parts.watchNames ?? watchNames)(recordDir, changed, failed);
    if (!hasFailed) this.#watcher = watcher;
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  async #look(): Promise<void> {
    if (this.#isClosed) return;
    // Watched first: what comes after the look is told by an event.
    await this.#watch();
    const names: string[] = await readdir(this.#parts.paths.recordDir).catch(() => []);
    for (const path of this.#reported) if (!names.includes(basename(path))) this.#reported.delete(path);
    const files = names.flatMap((name) => requestNamed(this.#parts.paths, name) ?? []);
    await Promise.all(files.map((file) => this.#take(file)));
  }

  /** Settles when the request is taken; it may be done later. Never rejects. */
  async #take(file: RequestFile): Promise<void> {
    try {
      if (!(await this.#parts.isOurs(file.instanceId))) return;
      const status = await lstat(file.asked);
      if (!status.isFile()) {
        this.#reportOnce(file.asked, `${file.asked} is no file but a link or a folder; it is ignored.`);
        return;
      }
      if (Date.now() - status.mtimeMs > DEAD_REQUEST_MS) return;
      const reading = parseRequest(await readFile(file.asked, "utf8"));
      switch (reading.kind) {
        case "request":
          await rename(file.asked, file.taken);
          void this.#answer(file, reading.request);
          return;
        case "newer":
          this.#reportOnce(file.asked, `The request ${file.asked} is of schema ${reading.version}; it is ignored.`);
          return;
        case "corrupt": {
          const aside = await setAside(file.asked);
          this.#reportOnce(file.asked, `${file.asked} is no request (${reading.problem}); it was moved to ${aside}.`);
        }
      }
    } catch (error) {
      // Taken back in between.
      if (isMissing(error)) return;
      this.#reportOnce(file.asked, `The request ${file.asked} could not be taken: ${describeError(error)}`);
    }
  }

  async #answer(file: RequestFile, request: OwnerRequest): Promise<void> {
    try {
      await this.#perform(file, request).catch(async (error: unknown) => {
        await writeDurably(file.refusal, `${JSON.stringify({ schemaVersion: 1, error: describeError(error) })}\n`);
      });
      await rm(file.taken, { force: true });
    } catch (error) {
      this.#reportOnce(file.taken, `The request ${file.taken} could not be answered: ${describeError(error)}`);
    }
  }

  async #perform(file: RequestFile, request: OwnerRequest): Promise<void> {
    if (request.kind === "answer") {
      const key = await readUserKey(decisionsFolder(this.#parts.paths.stateDir));
      if (key === undefined || !isCodeOf(signedContent(file, request), request.code, key)) {
        throw new Error("This answer does not say that it comes from the user: it counts for nothing.");
      }
    }
    await this.#parts.onRequest(file.instanceId, request);
  }

  #reportOnce(path: string, message: string): void {
    if (this.#reported.has(path)) return;
    this.#reported.add(path);
    this.#parts.report(message);
  }
}
