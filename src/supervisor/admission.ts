import type { Clock, Timer } from "../lib/clock.ts";

/**
 * What an agent will still take that has just started. A measured `opencode run` has 500 MB in the end, but
 * takes them over 3 s alone and 15 s among six on two cores: several that are let in at once would each find the memory
 * that all of them are about to take. What is set aside fades evenly as they take it.
 */
const RESERVED_MB = 512;
/** A session of a warm server takes 10 to 15 MB; who starts that server takes what an `opencode run` does. */
const WARM_RESERVED_MB = 32;
const RESERVED_MS = 15_000;
/** How often memory is looked at while somebody waits for nothing else. */
const MEMORY_POLL_MS = 3000;

const MEMORY_DOES_NOT_MATTER: MemoryLimit = { minFreeMemoryMb: 0, availableMemoryMb: () => 0 };

/** Memory as a limit, in megabytes. */
export interface MemoryLimit {
  /** With less than this available only one runs; 0: memory does not matter. */
  readonly minFreeMemoryMb: number;
  /** The memory that new processes can have. */
  readonly availableMemoryMb: () => number;
}

export interface AdmissionParts {
  /** How many run at once. */
  readonly limit: number;
  /** Absent: memory does not matter. */
  readonly memory?: MemoryLimit | undefined;
  readonly clock: Clock;
  /** One begins to wait, or waits for something else than before. */
  readonly onWait?: (id: string, what: WaitsFor["what"]) => void;
}

/** What those in the line wait for, and the numbers behind it in words. */
export interface WaitsFor {
  /** `a place`, `memory`, `a place on slurm`, or `slurm`: that one has it in its own line. */
  readonly what: string;
  readonly detail: string;
}

/**
 * The waiting line, first in, first out: at most `limit` run at once, and none is let in while too little memory is
 * available, except that one may always run. It knows what it started itself; agents of other hosts count as soon as
 * they have taken their memory.
 */
export class Admission {
  readonly #limit: number;
  readonly #memory: MemoryLimit;
  readonly #clock: Clock;
  /** Those that run: when each was let in, and what it will still take. */
  readonly #running = new Map<string, { since: number; takesMb: number; isWarm: boolean }>();
  readonly #waiting: { id: string; admit: () => void; isWarm: boolean; toldOf?: WaitsFor["what"] }[] = [];
  readonly #onWait: AdmissionParts["onWait"];
  #memoryTimer: Timer | undefined;
  #closed = false;

  constructor({ limit, memory = MEMORY_DOES_NOT_MATTER, clock, onWait }: AdmissionParts) {
    this.#limit = limit;
    this.#onWait = onWait;
    this.#memory = memory;
    this.#clock = clock;
  }

  /** Asks for a place. `admit` is called once there is one: at once, or later. Warm agents share one process. */
  request(id: string, admit: () => void, isWarm = false): void {
    this.#waiting.push({ id, admit, isWarm });
    this.#admitNext();
  }

  /** Gives the place back, or leaves the line. */
  release(id: string): void {
    const index = this.#waiting.findIndex((waiting) => waiting.id === id);
    if (index >= 0) this.#waiting.splice(index, 1);
    this.#running.delete(id);
    this.#admitNext();
  }

  /** The place in the line, 1 for the next; `undefined` when it does not wait. */
  position(id: string): number | undefined {
    const index = this.#waiting.findIndex((waiting) => waiting.id === id);
    return index < 0 ? undefined : index + 1;
  }

  /** What it waits for; `undefined` when it does not wait. */
  waitsFor(id: string): WaitsFor | undefined {
    if (this.position(id) === undefined) return undefined;
    if (this.#running.size >= this.#limit) {
      return { what: "a place", detail: `${this.#running.size} of at most ${this.#limit} are running` };
    }
    const reserved = Math.round(this.#reservedMb());
    const aside = reserved === 0 ? "" : `, ${reserved} MB of it set aside for agents that have just started`;
    const { minFreeMemoryMb, availableMemoryMb } = this.#memory;
    const available = Math.round(availableMemoryMb());
    return { what: "memory", detail: `${available} MB are available${aside}; ${minFreeMemoryMb} MB must be` };
  }

  /** How many more may run, as far as their number goes. */
  get free(): number {
    return Math.max(0, this.#limit - this.#running.size);
  }

  /** Whether so many wait. */
  isFull(maxWaiting: number): boolean {
    return this.#waiting.length >= maxWaiting;
  }

  /** Lets nobody in any more. */
  close(): void {
    this.#closed = true;
    this.#memoryTimer?.clear();
  }

  #admitNext(): void {
    while (!this.#closed && this.#running.size < this.#limit && this.#waiting.length > 0 && this.#hasMemory()) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      const { id, isWarm } = next;
      this.#running.set(id, { since: this.#clock.now(), takesMb: this.#takesMb(isWarm), isWarm });
      next.admit();
    }
    this.#watchMemory();
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    const what = this.#running.size >= this.#limit ? "a place" : "memory";
    for (const waiting of this.#waiting) {
      if (waiting.toldOf === what) continue;
      waiting.toldOf = what;
      this.#onWait?.(waiting.id, what);
    }
  }

  /** A place that is given back asks again by itself; memory does not tell when it is there. */
  #watchMemory(): void {
    const isWatched = !this.#closed && this.#waiting.length > 0 && this.#running.size < this.#limit;
    if (!isWatched) {
      this.#memoryTimer?.clear();
      this.#memoryTimer = undefined;
      return;
    }
    this.#memoryTimer ??= this.#clock.after(MEMORY_POLL_MS, () => {
      this.#memoryTimer = undefined;
      this.#admitNext();
    });
  }

  #hasMemory(): boolean {
    const { minFreeMemoryMb, availableMemoryMb } = this.#memory;
    if (this.#running.size === 0 || minFreeMemoryMb === 0) return true;
    return availableMemoryMb() - this.#reservedMb() >= minFreeMemoryMb;
  }

  #reservedMb(): number {
    const now = this.#clock.now();
    let reserved = 0;
    for (const { since, takesMb } of this.#running.values()) {
      const age = now - since;
      // A clock that was set back must not set memory aside for hours.
      if (age >= 0 && age < RESERVED_MS) reserved += takesMb * (1 - age / RESERVED_MS);
    }
    return reserved;
  }

  #takesMb(isWarm: boolean): number {
    if (!isWarm) return RESERVED_MB;
    const hasServer = [...this.#running.values()].some((running) => running.isWarm);
    return hasServer ? WARM_RESERVED_MB : RESERVED_MB;
  }
}
