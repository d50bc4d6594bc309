/** The time, injected so that tests own it; the clock of the supervisor fits. */
export interface PlanClock {
  /** Milliseconds since the epoch. */
  now(): number;
  after(delayMs: number, run: () => void): { clear(): void };
}
