import type { Instance, Progress } from "../instance.ts";
import type { Outcome } from "../outcome.ts";
import type { Clock } from "../ports.ts";

/** One rule that may end a running turn. Its timers live as long as the turn. */
export interface Policy {
  /**
   * Starts watching a turn that was just started.
   *
   * @param end ends the turn with this outcome; only the first cause counts
   */
  watch(instance: Instance, clock: Clock, end: (outcome: Outcome) => void): PolicyWatch;
}

export interface PolicyWatch {
  progressed?(progress: Progress): void;
  /** Clears every timer. */
  dispose(): void;
}
