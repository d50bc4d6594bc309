import type { Clock, Timer } from "../../src/lib/clock.ts";
import { awakeClock } from "../../src/lib/awake-clock.ts";
import { START } from "./sample-instance.ts";

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = START;
  readonly #timers = new Set<{ at: number; run: () => void }>();
  readonly #awake = awakeClock(this);

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.add(timer);
    return { clear: () => void this.#timers.delete(timer) };
  }

  limit(limitMs: number, run: () => void, since?: number): Timer {
    return this.#awake.limit(limitMs, run, since);
  }

  alarm(at: number, run: () => void): Timer {
    return this.#awake.alarm(at, run);
  }

  awakeSince(at: number): number {
    return this.#awake.awakeSince(at);
  }

  /** Timers that nobody has cleared and that have not run. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer is due; `undefined` when there is none. */
  get untilNext(): number | undefined {
    const next = this.#due(Number.POSITIVE_INFINITY);
    return next === undefined ? undefined : Math.max(0, next.at - this.#now);
  }

  /** The process stands still for so long; what fell due meanwhile runs late, in its order. */
  standStill(ms: number): void {
    this.sleep(ms);
    this.advance(0);
  }

  /** {@link FakeClock.standStill} up to the moment in which it goes on: no timer has run yet. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  /** The machine sleeps for so long, and its timers with it. */
  suspend(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) timer.at += ms;
  }

  /** Moves the time on; what falls due runs in its order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  #due(end: number): { at: number; run: () => void } | undefined {
    let first: { at: number; run: () => void } | undefined;
    for (const timer of this.#timers)
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }
}
