/** A timer that its owner clears. */
export interface Timer {
  clear(): void;
}

/** The time, injected so that tests own it. */
export interface BaseClock {
  /** Milliseconds since the epoch. */
  now(): number;
  after(delayMs: number, run: () => void): Timer;
}

/** The time, and when a limit that was set in it has passed. */
export interface Clock extends BaseClock {
  /**
   * Runs something once a limit has passed: since now, or since a time. Time in which this process stood still does not
   * count, and a limit that passed meanwhile begins afresh: what waits in pipes and streams is read before it is judged.
   */
  limit(limitMs: number, run: () => void, since?: number): Timer;
  /** Runs something at a time of the clock on the wall, in milliseconds since the epoch, or as soon as this process runs. */
  alarm(at: number, run: () => void): Timer;
  /** The milliseconds since a time, those left out in which this process stood still while a limit waited. */
  awakeSince(at: number): number;
}
