import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import type { GuardStore } from "../guard/guarded-sessions.ts";
import type { SavedGuard } from "../guard/session-guard.ts";
import { NewestMap } from "../lib/newest-map.ts";
import { isFlag, isNumber, isText, listOf, oneOf, orNull, shape } from "../lib/shape.ts";
import { writeQuickly } from "../files/durable-file.ts";
import { isMissing } from "../lib/is-missing.ts";
import { setAside } from "./set-aside.ts";

const SCHEMA_VERSION = 2;
const OLDER_SCHEMAS = new Set([1]);
const SAVE_AFTER_MS = 1000;
const MOST_REMEMBERED = 1000;

/** Session ids become file names. */
export const SESSION_ID = /^ses_[A-Za-z0-9]{1,64}$/;

const isEntry = shape({
  callId: isText,
  round: isText,
  tool: isText,
  kind: oneOf("reading", "acting", "foreign"),
  fingerprint: isText,
  gist: isText,
  waits: isFlag,
  isLong: isFlag,
  isBlocked: isFlag,
  result: orNull(shape({ digest: isText, isError: isFlag })),
  isNews: isFlag,
});

const isSaved = shape({
  schemaVersion: isNumber,
  entries: listOf(isEntry),
  nudges: listOf(isText),
  refused: shape({ fingerprint: isText, round: isText, same: isNumber, all: isNumber }),
  failing: listOf(shape({ tool: isText, digest: isText, round: isText, count: isNumber })),
});

const isVersioned = shape({ schemaVersion: isNumber });

/** Keeps guard state in `sessions/<sessionId>.json`: debounced and not fsynced, since losing it costs a nudge at most. */
export class GuardFileStore implements GuardStore {
  readonly #pending = new Map<string, { state: () => SavedGuard; timer: ReturnType<typeof setTimeout> }>();
  readonly #writing = new Set<Promise<void>>();
  /** Sessions whose file is of a newer plugin: it stays as it is. */
  readonly #newer = new NewestMap<true>(MOST_REMEMBERED);
  #reported = false;

  constructor(
    private readonly folder: string,
    /** Told once when the state cannot be written, and of each file that is of no use. */
    private readonly report: (message: string) => void,
  ) {}

  async load(sessionId: string): Promise<SavedGuard | undefined> {
    if (!SESSION_ID.test(sessionId)) return undefined;
    const pending = this.#pending.get(sessionId);
    if (pending !== undefined) return pending.state();
    try {
      return await this.#read(sessionId);
    } catch (error) {
      // The guard starts afresh.
      if (!isMissing(error))
        this.report(`The loop guard's state of ${sessionId} cannot be read: ${describeError(error)}`);
      return undefined;
    }
  }

  saveSoon(sessionId: string, state: () => SavedGuard): void {
    if (!SESSION_ID.test(sessionId) || this.#newer.has(sessionId)) return;
    const pending = this.#pending.get(sessionId);
    if (pending !== undefined) {
      pending.state = state;
      return;
    }
    const timer = setTimeout(() => this.#save(sessionId), SAVE_AFTER_MS);
    timer.unref();
    this.#pending.set(sessionId, { state, timer });
  }

  /** Settles when what waits to be written, or is being written, is on disk. */
  async flush(): Promise<void> {
    for (const sessionId of this.#pending.keys()) this.#save(sessionId);
    await Promise.all(this.#writing);
  }

  #save(sessionId: string): void {
    const pending = this.#pending.get(sessionId);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#pending.delete(sessionId);
    const writing = this.#write(sessionId, pending.state()).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  async #write(sessionId: string, state: SavedGuard): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeQuickly(this.#path(sessionId), JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...state }));
    } catch (error) {
      if (!this.#reported) this.report(`The loop guard's state cannot be kept; it guards on. ${describeError(error)}`);
      this.#reported = true;
    }
  }

  async #read(sessionId: string): Promise<SavedGuard | undefined> {
    const path = this.#path(sessionId);
    const saved = parse(await readFile(path, "utf8"));
    if (isSaved(saved) && saved.schemaVersion === SCHEMA_VERSION) return saved;
    if (isVersioned(saved) && saved.schemaVersion > SCHEMA_VERSION) {
      this.#newer.set(sessionId, true);
      this.report(`${path} is of schema ${saved.schemaVersion}, from a newer plugin; it is ignored.`);
      return undefined;
    }
    // An older plugin counted otherwise.
    if (isVersioned(saved) && OLDER_SCHEMAS.has(saved.schemaVersion)) return undefined;
    const aside = await setAside(path);
    this.report(`${path} is no state of a loop guard; it was moved to ${aside}.`);
    return undefined;
  }

  #path(sessionId: string): string {
    return join(this.folder, `${sessionId}.json`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: half a file, or another one.
    return undefined;
  }
}
