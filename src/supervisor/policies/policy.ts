import type { Instance, Progress } from "../instance.ts";
import type { Outcome } from "../outcome.ts";
import type { Clock, Timer } from "../../lib/clock.ts";

/** What a policy may do to a run. */
export interface RunControl {
  /** Ends the run with this outcome; only the first cause counts. */
  readonly end: (outcome: Outcome) => void;
  /** Stops the turn and starts another one of the same session with this prompt. */
  readonly intervene: (prompt: string) => void;
  /**
   * Goes on with another model, since the provider does not answer.
   *
   * @param outUntil when the one that is left will, where that is known, in milliseconds since the epoch
   * @returns whether there is one
   */
  readonly fallBack: (error: string, outUntil?: number) => boolean;
  /** Leaves the session that asked for the agent a note. */
  readonly tellParent: (text: string) => void;
  /** Tells the agent something at its next step. */
  readonly notify: (text: string) => void;
}

/** One rule that may end a running agent. Its timers live as long as the run, over all its turns. */
export interface Policy {
  /** Starts watching an agent that was just started. */
  watch(instance: Instance, clock: Clock, control: RunControl): PolicyWatch;
}

export interface PolicyWatch {
  /** What is known of the run changed. Counts are of the whole run. */
  progressed?(progress: Progress): void;
  /** The turn waits at a place elsewhere, where nothing can be seen of it. */
  turnWaits?(): void;
  /** A further turn of the same run starts. */
  turnStarted?(): void;
  /** Clears every timer. */
  dispose(): void;
}

/**
 * How long after a limit the policies react: an event that came just before it is reported by then, and the reaction
 * is still within 250 ms.
 */
const REPORT_SLACK_MS = 150;
/** A timer that is moved as its limit moves. */
export class LimitTimer {
  #timer: Timer | null = null;
  #since: number | null = null;
  #limitMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly onLimit: () => void,
  ) {}

  /** How long something may take since a time in milliseconds since the epoch; `null` for no limit. */
  set(since: number | null, limitMs: number): void {
    if (since === this.#since && limitMs === this.#limitMs) return;
    this.clear();
    if (since === null) return;
    this.#since = since;
    this.#limitMs = limitMs;
    this.#timer = this.clock.limit(limitMs + REPORT_SLACK_MS, () => this.onLimit(), since);
  }

  clear(): void {
    this.#timer?.clear();
    this.#timer = null;
    this.#since = null;
  }
}
