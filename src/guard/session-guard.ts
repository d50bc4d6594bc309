import type { CallResult } from "./call-result.ts";
import { FailingCalls, type FailingRun } from "./failing-calls.ts";
import { blockText, marker, nudgeText } from "./guard-text.ts";
import { CallHistory, type HistoryEntry, type JudgedCall } from "./history.ts";
import { judgeAsked, judgeEnded, type Ladder } from "./ladder.ts";
import type { Finding } from "./patterns.ts";
import { RefusedCalls, type RefusedRun } from "./refused-calls.ts";

/** A tool call that asks to be run. */
export interface AskedCall extends Omit<JudgedCall, "result"> {
  readonly callId: string;
  /** The step it belongs to, where it is known. */
  readonly round: string | undefined;
}

/** What the guard decided. */
export type Decision =
  | { readonly kind: "run" }
  | {
      readonly kind: "block";
      /** The tool's error. */
      readonly text: string;
      /** The first line of the result when a run in the background is ended by it, which it should be. */
      readonly endsRun: string | undefined;
    };

/** A call has ended. */
export interface CallEnding {
  readonly callId: string;
  readonly result: CallResult;
  /** Milliseconds that the tool itself took. */
  readonly tookMs: number;
  /** What {@link SessionGuard.nudgeFor} said of this result is where the model reads it. */
  readonly isTold?: boolean;
}

/** What outlives the process. */
export interface SavedGuard {
  readonly entries: readonly HistoryEntry[];
  readonly nudges: readonly string[];
  readonly refused: RefusedRun;
  readonly failing: readonly FailingRun[];
}

const MOST_NUDGES = 10;

/** Guards one session: decides calls, learns their results, and says what the model is to be told of them. */
export class SessionGuard {
  readonly #ladder: Ladder;
  readonly #history: CallHistory;
  readonly #refused: RefusedCalls;
  readonly #failing: FailingCalls;
  #nudges: string[];
  /** How many of the nudges were in the last request; they go once its step has started. */
  #offered = 0;
  /** The last nudge that stands in an answer: one for a step. */
  #told: { readonly round: string; readonly text: string } | undefined;

  constructor(ladder: Ladder, saved?: SavedGuard) {
    this.#ladder = ladder;
    // A call that ran when the process ended never got a result.
    const entries = saved?.entries.filter(({ result, isBlocked }) => result !== null || isBlocked);
    this.#history = new CallHistory(ladder.mostCalls, entries);
    this.#refused = new RefusedCalls(saved?.refused);
    this.#failing = new FailingCalls(saved?.failing);
    this.#nudges = [...(saved?.nudges ?? [])];
  }

  decide(call: AskedCall): Decision {
    const round = call.round ?? call.callId;
    const finding = this.#refusal(call, round);
    this.#history.add({ ...call, round, isBlocked: finding !== undefined });
    if (finding === undefined) {
      this.#refused.clear();
      return { kind: "run" };
    }
    const isHopeless = this.#refused.add(call.fingerprint, round);
    return {
      kind: "block",
      text: blockText(finding, call),
      endsRun: isHopeless ? marker(finding, call) : undefined,
    };
  }

  #refusal(call: AskedCall, round: string): Finding | undefined {
    // Most calls are new.
    if (!this.#history.has(call.gist)) return undefined;
    return judgeAsked(this.#history.past(round, call.fingerprint), { ...call, result: null }, this.#ladder);
  }

  /** What is to stand at the end of the answer with which a call that runs is about to end. */
  nudgeFor(callId: string, result: CallResult): string | undefined {
    const entry = this.#history.running(callId);
    if (entry === undefined) return undefined;
    const text = this.#nudge({ ...entry, result }, entry);
    if (text === undefined || (this.#told?.round === entry.round && this.#told.text === text)) return undefined;
    this.#told = { round: entry.round, text };
    return text;
  }

  /** A call has ended. Returns the marker with which a run in the background is ended by it, if it should be. */
  ended({ callId, result, tookMs, isTold = false }: CallEnding): string | undefined {
    const running = this.#history.running(callId);
    if (running === undefined) return undefined;
    const entry = this.#history.end(running, result, tookMs);
    const nudge = isTold ? undefined : this.#nudge(entry, entry);
    if (nudge !== undefined) this.addNudge(nudge);
    if (!result.isError) this.#failing.clear();
    const ran = result.isError ? this.#failing.add(entry.tool, result.digest, entry.round) : undefined;
    return ran === undefined ? undefined : marker({ pattern: "dead_end", count: ran, ran }, entry);
  }

  #nudge(call: HistoryEntry, entry: HistoryEntry): string | undefined {
    // Most calls are new.
    if (!this.#history.hasLike(call)) return undefined;
    const verdict = judgeEnded(this.#history.past(call.round, call.fingerprint, entry), call, this.#ladder);
    if (verdict === undefined || verdict.level === "block") return undefined;
    return nudgeText(verdict.level, verdict.finding, call);
  }

  /** A call has ended that may be made again and again. Returns whether it changed anything. */
  exemptEnded(isError: boolean): boolean {
    const isOther = this.#refused.interrupt();
    return (!isError && this.#failing.clear()) || isOther;
  }

  /** The user wrote something: whatever was repeated is asked for anew. Returns whether there was anything to forget. */
  userSpoke(): boolean {
    const forgets = this.#history.entries.length > 0 || this.#nudges.length > 0;
    this.#history.clear();
    this.#refused.clear();
    this.#failing.clear();
    this.#nudges = [];
    this.#offered = 0;
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
    return {
      entries: this.#history.entries,
      nudges: this.#nudges,
      refused: this.#refused.save(),
      failing: this.#failing.save(),
    };
  }
}
