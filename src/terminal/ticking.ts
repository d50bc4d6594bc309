import type { BaseClock, Timer } from "../lib/clock.ts";

const TICK_MS = 1000;

/** Runs something each second for as long as it is needed. In between nothing wakes up. */
export class Ticking {
  #timer: Timer | undefined;

  constructor(
    private readonly clock: Pick<BaseClock, "after">,
    private readonly run: () => void,
  ) {}

  need(isNeeded: boolean): void {
    if (isNeeded) this.#timer ??= this.#next();
    else this.close();
  }

  close(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }

  #next(): Timer {
    return this.clock.after(TICK_MS, () => {
      this.#timer = this.#next();
      this.run();
    });
  }
}
