import type { CallResult } from "./call-result.ts";

/** What a call does: only reads, acts with a tool of the host's own, or is of a server or plugin that nobody here knows. */
export type CallKind = "reading" | "acting" | "foreign";

/** A call that asks to be run, or has ended. */
export interface JudgedCall {
  readonly tool: string;
  readonly kind: CallKind;
  readonly fingerprint: string;
  /** The same for calls that differ in a trifle only, such as a limit on time. */
  readonly gist: string;
  /** The call waits: by the word `sleep`, or it took as long as only a wait does. */
  readonly waits: boolean;
  /** `null` before it has ended. */
  readonly result: CallResult | null;
}

/** One tool call of a session, as far as the guard remembers it. */
export interface HistoryEntry extends JudgedCall {
  readonly callId: string;
  /** Calls of one step are one round: equal ones among them count once. */
  readonly round: string;
  /** The guard refused it: its error is no news. */
  readonly isBlocked: boolean;
  /** It took so long that making it again costs next to nothing. */
  readonly isLong: boolean;
  /** This call with this result had not been seen before. */
  readonly isNews: boolean;
}

/** What came before a call. */
export interface Past {
  /** The calls of earlier steps. */
  readonly before: readonly HistoryEntry[];
  /** Other calls of the same step. */
  readonly beside: readonly HistoryEntry[];
}

/** The longest window that can be asked for, and room for eight laps of the longest cycle. */
const KEPT_CALLS = 100;
/** A block threshold beyond this is as good as none. */
const MOST_KEPT_CALLS = 1000;
/** A call that takes so many milliseconds is a wait. */
const LONG_MS = 5000;

/** The last calls of a session, oldest first. */
export class CallHistory {
  #entries: HistoryEntry[];
  readonly #kept: number;

  /** @param mostCalls how many calls are looked at together, at most */
  constructor(mostCalls: number, entries: readonly HistoryEntry[] = []) {
    this.#kept = Math.min(Math.max(KEPT_CALLS, mostCalls), MOST_KEPT_CALLS);
    this.#entries = entries.slice(-this.#kept);
  }

  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  /** Whether such a call is among them. */
  has(gist: string): boolean {
    return this.#entries.some((entry) => entry.gist === gist);
  }

  /** Whether such a call came before this one in a step of its own, or one that failed in the same way. */
  hasLike({ gist, round, tool, result }: HistoryEntry): boolean {
    const failure = result?.isError === true ? result.digest : undefined;
    return this.#entries.some(
      (other) =>
        other.round !== round &&
        (other.gist === gist || (failure !== undefined && other.tool === tool && other.result?.digest === failure)),
    );
  }

  /** Takes a call in that is about to run, or was refused. */
  add(entry: Omit<HistoryEntry, "isNews" | "isLong" | "result">): void {
    this.#entries.push({ ...entry, result: null, isNews: false, isLong: false });
    if (this.#entries.length > this.#kept) this.#entries.shift();
  }

  /** The last call of this id that runs: some providers number the calls of each step from zero. */
  running(callId: string): HistoryEntry | undefined {
    return this.#entries.findLast((entry) => entry.callId === callId && entry.result === null && !entry.isBlocked);
  }

  /** A call that was running has ended. */
  end(entry: HistoryEntry, result: CallResult, tookMs: number): HistoryEntry {
    const isNews = !this.#entries.some(
      (other) => other.fingerprint === entry.fingerprint && other.result?.digest === result.digest,
    );
    const isLong = tookMs >= LONG_MS;
    const ended = { ...entry, result, isNews, isLong, waits: entry.waits || isLong };
    this.#entries[this.#entries.indexOf(entry)] = ended;
    return ended;
  }

  clear(): void {
    this.#entries = [];
  }

  /**
   * What came before a call of this round: calls that still run left out, equal ones of one earlier round taken once.
   *
   * @param entry the call itself, where it is among them already
   */
  past(round: string, fingerprint: string, entry?: HistoryEntry): Past {
    const before: HistoryEntry[] = [];
    const beside: HistoryEntry[] = [];
    const seen = new Set<string>();
    const seenBeside = new Set([fingerprint]);
    for (const other of this.#entries) {
      if (other === entry) break;
      if (other.round === round) {
        if (isNew(seenBeside, other.fingerprint)) beside.push(other);
      } else if (other.result !== null || other.isBlocked) {
        const key = `${other.round}\0${other.fingerprint}\0${other.result?.digest ?? "blocked"}`;
        if (isNew(seen, key)) before.push(other);
      }
    }
    return { before, beside };
  }
}

function isNew(seen: Set<string>, key: string): boolean {
  return !seen.has(key) && seen.add(key).has(key);
}
