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
