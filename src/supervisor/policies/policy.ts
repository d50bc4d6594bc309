import type { Instance, Progress } from "../instance.ts";
import type { Outcome } from "../outcome.ts";
import type { Clock, Timer } from "../ports.ts";

/** What a policy may do to a run. */
export interface RunControl {
  /** Ends the run with this outcome; only the first cause counts. */
  readonly end: (outcome: Outcome) => void;
  /** Stops the turn and starts another one of the same session with this prompt. */
  readonly intervene: (prompt: string) => void;
}

/** One rule that may end a running agent. Its timers live as long as the run, over all its turns. */
export interface Policy {
  /** Starts watching an agent that was just started. */
  watch(instance: Instance, clock: Clock, control: RunControl): PolicyWatch;
}

export interface PolicyWatch {
  /** What is known of the run changed. Counts are of the whole run. */
  progressed?(progress: Progress): void;
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
/** A longer timer of the system's runs at once: a provider may ask for any delay. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** A timer that is moved as its limit moves. */
export class LimitTimer {
  #timer: Timer | null = null;
  #at: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly onLimit: () => void,
  ) {}

  /** The limit in milliseconds since the epoch; `null` for none. */
  set(at: number | null): void {
    if (at === this.#at) return;
    this.clear();
    this.#at = at;
    if (at !== null) this.#wait(Math.max(0, at - this.clock.now()) + REPORT_SLACK_MS);
  }

  #wait(delayMs: number): void {
    const first = Math.min(delayMs, LONGEST_TIMER_MS);
    this.#timer = this.clock.after(first, () => {
      this.#timer = null;
      if (delayMs > first) this.#wait(delayMs - first);
      else this.onLimit();
    });
  }

  clear(): void {
    this.#timer?.clear();
    this.#timer = null;
    this.#at = null;
  }
}
