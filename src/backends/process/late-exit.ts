import type { Clock, Timer } from "../../lib/clock.ts";

/**
 * Notices an opencode that has ended its turn and does not come to its exit: it waits for another plugin's `dispose`,
 * for as long as that takes.
 */
export class LateExit {
  #timer: Timer | undefined;
  #isOver = false;
  #isLate = false;

  constructor(
    private readonly clock: Clock,
    /** Told once. */
    private readonly onLate: () => void,
  ) {}

  /** The turn has come to its end by itself. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the exit was not waited for any longer. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** The turn is over, and its process has so long to go. */
  over(graceMs: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer = this.clock.after(graceMs, () => {
      this.#isLate = true;
      this.onLate();
    });
  }

  /** The turn goes on after all, or its process has gone. */
  clear(): void {
    this.#timer?.clear();
    this.#isOver = this.#isLate;
  }
}
