import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../describe-error.ts";
import type { GuardStore } from "../guard/guarded-sessions.ts";
import type { SavedGuard } from "../guard/session-guard.ts";
import { isFlag, isNumber, isText, listOf, orNull, shape } from "../shape.ts";
import { writeQuickly } from "./durable-file.ts";

const SCHEMA_VERSION = 1;
const SAVE_AFTER_MS = 1000;

/** Session ids become file names. */
export const SESSION_ID = /^ses_[A-Za-z0-9]{1,64}$/;

const isEntry = shape({
  callId: isText,
  round: isText,
  tool: isText,
  fingerprint: isText,
  waits: isFlag,
  isBlocked: isFlag,
  result: orNull(shape({ digest: isText, isError: isFlag })),
  isNews: isFlag,
});

const isSaved = shape({
  schemaVersion: isNumber,
  entries: listOf(isEntry),
  nudges: listOf(isText),
  blocksInARow: isNumber,
});

/** Keeps guard state in `sessions/<sessionId>.json`: debounced and not fsynced, since losing it costs a nudge at most. */
export class GuardFileStore implements GuardStore {
  readonly #pending = new Map<string, { state: () => SavedGuard; timer: ReturnType<typeof setTimeout> }>();
  #reported = false;

  constructor(
    private readonly folder: string,
    /** Told once when the state cannot be written. */
    private readonly report: (message: string) => void,
  ) {}

  async load(sessionId: string): Promise<SavedGuard | undefined> {
    if (!SESSION_ID.test(sessionId)) return undefined;
    try {
      const saved: unknown = JSON.parse(await readFile(this.#path(sessionId), "utf8"));
      return isSaved(saved) && saved.schemaVersion === SCHEMA_VERSION ? saved : undefined;
    } catch {
      // Not there, or not readable: the guard starts afresh.
      return undefined;
    }
  }

  saveSoon(sessionId: string, state: () => SavedGuard): void {
    if (!SESSION_ID.test(sessionId) || this.#pending.has(sessionId)) return;
    const timer = setTimeout(() => void this.#save(sessionId), SAVE_AFTER_MS);
    timer.unref();
    this.#pending.set(sessionId, { state, timer });
  }

  /** Writes what waits to be written. */
  async flush(): Promise<void> {
    await Promise.all([...this.#pending.keys()].map((sessionId) => this.#save(sessionId)));
  }

  async #save(sessionId: string): Promise<void> {
    const pending = this.#pending.get(sessionId);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#pending.delete(sessionId);
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeQuickly(this.#path(sessionId), JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...pending.state() }));
    } catch (error) {
      if (!this.#reported) this.report(`The loop guard's state cannot be kept; it guards on. ${describeError(error)}`);
      this.#reported = true;
    }
  }

  #path(sessionId: string): string {
    return join(this.folder, `${sessionId}.json`);
  }
}
