import type { CallResult } from "./call-result.ts";

/** One tool call of a session, as far as the guard remembers it. */
export interface HistoryEntry {
  readonly callId: string;
  /** Calls of one step are one round: equal ones among them count once. */
  readonly round: string;
  readonly tool: string;
  readonly fingerprint: string;
  /** The call waits, for instance with `sleep`. */
  readonly waits: boolean;
  /** The guard refused it: its error is no news. */
  readonly isBlocked: boolean;
  /** `null` while it runs. */
  readonly result: CallResult | null;
  /** This call with this result had not been seen before. */
  readonly isNews: boolean;
}

/** The longest window that can be asked for, and room for four laps of a cycle of five. */
const KEPT_CALLS = 50;
/** A block threshold beyond this is as good as none. */
const MOST_KEPT_CALLS = 1000;

/** The last calls of a session, oldest first. */
export class CallHistory {
  #entries: HistoryEntry[];
  readonly #kept: number;

  /** @param windowSize how many calls are looked at together, at least */
  constructor(windowSize: number, entries: readonly HistoryEntry[] = []) {
    this.#kept = Math.min(Math.max(KEPT_CALLS, windowSize), MOST_KEPT_CALLS);
    this.#entries = entries.slice(-this.#kept);
  }

  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  /** Takes a call in that is about to run, or was refused. */
  add(entry: Omit<HistoryEntry, "isNews">): void {
    this.#entries.push({ ...entry, isNews: false });
    if (this.#entries.length > this.#kept) this.#entries.shift();
  }

  /** A call has ended. */
  end(callId: string, result: CallResult): void {
    const index = this.#entries.findLastIndex((entry) => entry.callId === callId && entry.result === null);
    const entry = this.#entries[index];
    if (entry === undefined || entry.isBlocked) return;
    const isNews = !this.#entries.some(
      (other) => other.fingerprint === entry.fingerprint && other.result?.digest === result.digest,
    );
    this.#entries[index] = { ...entry, result, isNews };
  }

  clear(): void {
    this.#entries = [];
  }

  /**
   * The calls before the one that is being decided: those of its own round and those that still run left out, equal
   * ones of one round taken once.
   */
  before(round: string): HistoryEntry[] {
    const seen = new Set<string>();
    return this.#entries.filter((entry) => {
      if (entry.round === round || (entry.result === null && !entry.isBlocked)) return false;
      return isNew(seen, `${entry.round}\0${entry.fingerprint}\0${entry.result?.digest ?? "blocked"}`);
    });
  }

  /** The other calls of the same round so far, which may still run. */
  beside(round: string, fingerprint: string): HistoryEntry[] {
    const seen = new Set([fingerprint]);
    return this.#entries.filter((entry) => entry.round === round && isNew(seen, entry.fingerprint));
  }
}

function isNew(seen: Set<string>, key: string): boolean {
  return !seen.has(key) && seen.add(key).has(key);
}
