import type { Files } from "../files/files.ts";
import type { Clock, Timer } from "../supervisor/ports.ts";

/** Several fit into the silence after which an owner elsewhere counts as gone. */
const BEAT_MS = 30_000;

/**
 * Renews the modification times of the records of agents that have not ended: a host in another container cannot look at
 * this process, and an agent that works in silence, or waits for its place, writes nothing. No timer runs without one.
 */
export class RecordHeartbeat {
  readonly #paths = new Set<string>();
  #timer: Timer | undefined;

  constructor(
    private readonly files: Pick<Files, "touch">,
    private readonly clock: Clock,
  ) {}

  /** A record was written; from now on it is renewed, or no more. */
  written(path: string, hasEnded: boolean): void {
    if (hasEnded) this.#paths.delete(path);
    else this.#paths.add(path);
    if (this.#paths.size === 0) this.close();
    else this.#timer ??= this.clock.after(BEAT_MS, () => void this.#beat());
  }

  close(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }

  async #beat(): Promise<void> {
    this.#timer = this.clock.after(BEAT_MS, () => void this.#beat());
    // One that is not there, or on a disk that takes nothing, is the next save's concern.
    await Promise.all([...this.#paths].map(async (path) => await this.files.touch(path).catch(() => undefined)));
  }
}
