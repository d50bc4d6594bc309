import type { Clock, Timer } from "../../src/supervisor/ports.ts";
import { START } from "./sample-instance.ts";

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = START;
  readonly #timers = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.add(timer);
    return { clear: () => void this.#timers.delete(timer) };
  }

  /** Timers that nobody has cleared and that have not run. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves the time on; what falls due runs in its order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }

  #due(end: number): { at: number; run: () => void } | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.toSorted((a, b) => a.at - b.at)[0];
  }
}
