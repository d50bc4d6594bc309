import type { Clock } from "../../src/lib/clock.ts";
import type { OsProcess } from "./os-processes.ts";
import type { Random } from "./random.ts";

const SLOWEST_MS = 4000;

interface Operation {
  readonly process: OsProcess;
  readonly steps: readonly (() => unknown)[];
  done: number;
  readyAt: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Whatever a process asks of the world and waits for: it happens later, in steps, in any order with what others ask.
 * What a process asked for that has died since comes to no further step.
 */
export class PendingOperations {
  isSlow = false;
  #waiting: Operation[] = [];

  constructor(
    private readonly random: Random,
    private readonly clock: Clock,
  ) {}

  /** Settles as the last step does, or the first one that throws. */
  async perform<T>(process: OsProcess, ...steps: [...(() => void)[], () => T]): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      if (!process.isAlive) return;
      const delay = this.isSlow ? this.random.between(0, SLOWEST_MS) : 0;
      // The clock has to stop there.
      if (delay > 0) this.clock.after(delay, () => undefined);
      const readyAt = this.clock.now() + delay;
      this.#waiting.push({ process, steps, done: 0, readyAt, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Everything that a process has asked for happens now. */
  finish(process: OsProcess): void {
    const own = this.#waiting.filter((operation) => operation.process === process);
    for (const operation of own) while (this.#waiting.includes(operation)) this.#step(operation);
  }

  /** Takes one operation a step further; `false` when there is none that could go on now. */
  stepOne(): boolean {
    this.#waiting = this.#waiting.filter(({ process }) => process.isAlive);
    const isReady = ({ readyAt, process }: Operation) => readyAt <= this.clock.now() && !process.isPaused;
    const operation = this.random.pick(this.#waiting.filter(isReady));
    if (operation !== undefined) this.#step(operation);
    return operation !== undefined;
  }

  #step(operation: Operation): void {
    try {
      const value = operation.steps[operation.done++]?.();
      if (operation.done < operation.steps.length) return;
      operation.resolve(value);
    } catch (error) {
      operation.reject(error);
    }
    this.#waiting = this.#waiting.filter((other) => other !== operation);
  }
}
