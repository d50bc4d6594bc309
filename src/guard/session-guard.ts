import type { CallResult } from "./call-result.ts";
import { blockText, marker, nudgeText } from "./guard-text.ts";
import { CallHistory, type HistoryEntry } from "./history.ts";
import { judgeCall, type Ladder } from "./ladder.ts";

/** A tool call that asks to be run. */
export interface AskedCall {
  readonly callId: string;
  /** The step it belongs to, where it is known. */
  readonly round: string | undefined;
  readonly tool: string;
  readonly fingerprint: string;
  readonly waits: boolean;
}

/** What the guard decided. */
export type Decision =
  | { readonly kind: "run" }
  | {
      readonly kind: "block";
      /** The tool's error. */
      readonly text: string;
      /** The first line of the result when the run is ended by it. */
      readonly marker: string;
      /** How many calls in a row were refused, steps counted once. */
      readonly blocksInARow: number;
    };

/** What outlives the process. */
export interface SavedGuard {
  readonly entries: readonly HistoryEntry[];
  readonly nudges: readonly string[];
  readonly blocksInARow: number;
}

const MOST_NUDGES = 10;

/** Guards one session: decides calls, learns their results, and keeps the nudges for its next step. */
export class SessionGuard {
  readonly #ladder: Ladder;
  readonly #history: CallHistory;
  #nudges: string[];
  /** How many of the nudges were in the last request; they go once its step has started. */
  #offered = 0;
  #blocksInARow: number;
  #lastBlockRound: string | undefined;

  constructor(ladder: Ladder, saved?: SavedGuard) {
    this.#ladder = ladder;
    // A call that ran when the process ended never got a result.
    const entries = saved?.entries.filter(({ result, isBlocked }) => result !== null || isBlocked);
    this.#history = new CallHistory(ladder.windowSize, entries);
    this.#nudges = [...(saved?.nudges ?? [])];
    this.#blocksInARow = saved?.blocksInARow ?? 0;
  }

  decide(call: AskedCall): Decision {
    const round = call.round ?? call.callId;
    const past = { before: this.#history.before(round), beside: this.#history.beside(round, call.fingerprint) };
    const verdict = judgeCall(past, call, this.#ladder);
    const isBlocked = verdict?.level === "block";
    this.#history.add({ ...call, round, isBlocked, result: null });
    if (verdict === undefined || verdict.level !== "block") {
      this.#blocksInARow = 0;
      if (verdict !== undefined)
        this.addNudge(nudgeText(verdict.level === "strong" ? "strong" : "nudge", verdict.finding, call.tool));
      return { kind: "run" };
    }
    if (this.#lastBlockRound !== round) this.#blocksInARow += 1;
    this.#lastBlockRound = round;
    return {
      kind: "block",
      text: blockText(verdict.finding, call.tool),
      marker: marker(verdict.finding, call.tool),
      blocksInARow: this.#blocksInARow,
    };
  }

  /** A call has ended. */
  ended(callId: string, result: CallResult): void {
    this.#history.end(callId, result);
  }

  /** The user wrote something: whatever was repeated is asked for anew. Returns whether there was anything to forget. */
  userSpoke(): boolean {
    const forgets = this.#history.entries.length > 0 || this.#nudges.length > 0 || this.#blocksInARow > 0;
    this.#history.clear();
    this.#nudges = [];
    this.#offered = 0;
    this.#blocksInARow = 0;
    return forgets;
  }

  /** Keeps a nudge for the next step; the same one waits only once. */
  addNudge(text: string): void {
    if (this.#nudges.length < MOST_NUDGES && !this.#nudges.includes(text)) this.#nudges.push(text);
  }

  /** The nudges for a request. They stay until its step has started: a request that is tried again asks again. */
  offerNudges(): readonly string[] {
    this.#offered = this.#nudges.length;
    return this.#nudges;
  }

  /** The step of the last request has started; returns whether nudges went with it. */
  stepStarted(): boolean {
    const gone = this.#nudges.splice(0, this.#offered);
    this.#offered = 0;
    return gone.length > 0;
  }

  save(): SavedGuard {
    return { entries: this.#history.entries, nudges: this.#nudges, blocksInARow: this.#blocksInARow };
  }
}
