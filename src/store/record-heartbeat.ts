import type { Clock, Timer } from "../lib/clock.ts";

/** Several fit into the silence after which an owner elsewhere counts as gone. */
const BEAT_MS = 30_000;

/**
 * Renews the modification times of the records of agents that have not ended, or whose end is not told: a host in another container cannot look at
 * this process, and an agent that works in silence, or waits for its place, writes nothing. No timer runs without one.
 */
export class RecordHeartbeat {
  readonly #instanceIds = new Set<string>();
  #timer: Timer | undefined;

  constructor(
    /** Renews one record. */
    private readonly renew: (instanceId: string) => Promise<void>,
    private readonly clock: Clock,
  ) {}

  /** A record was written; from now on it is renewed, or no more. */
  written(instanceId: string, isAtRest: boolean): void {
    if (isAtRest) this.#instanceIds.delete(instanceId);
    else this.#instanceIds.add(instanceId);
    if (this.#instanceIds.size === 0) this.close();
    else this.#timer ??= this.clock.after(BEAT_MS, () => void this.#beat());
  }

  close(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }

  async #beat(): Promise<void> {
    this.#timer = this.clock.after(BEAT_MS, () => void this.#beat());
    // One that is not there, or on a disk that takes nothing, is the next save's concern.
    await Promise.all(
      [...this.#instanceIds].map(async (instanceId) => await this.renew(instanceId).catch(() => undefined)),
    );
  }
}
