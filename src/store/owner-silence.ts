import type { Machine } from "./machine.ts";

/** A record of another boot or pid namespace says nothing by its pid: it counts as left after so long without a beat. */
const SILENT_MS = 120_000;
/** Two beats of a living owner fit in: so long this process has to have watched the silence itself. */
const WATCHED_MS = 60_000;
/** Looks are half a minute apart; in a longer pause this process stood still, and the owner perhaps with it. */
const LONGEST_PAUSE_MS = 30_000;

interface Watched {
  /** When the record was last renewed. */
  readonly renewedAt: number;
  lookedAt: number;
  watchedMs: number;
}

/**
 * Judges owners that cannot be looked at from here, by the silence of their records. A machine that slept, or containers
 * that were paused, make every record look old although its owner is about to go on: only silence counts that this
 * process has watched, or that is older than the machine's last start.
 */
export class OwnerSilence {
  readonly #watched = new Map<string, Watched>();

  constructor(private readonly machine: Pick<Machine, "now" | "bootedAt">) {}

  /** Whether the owner of a record that was last renewed then is gone, as far as this look and those before it tell. */
  isGone(instanceId: string, renewedAt: number): boolean {
    const { now, bootedAt } = this.machine;
    const lookedAt = now();
    if (lookedAt - renewedAt < SILENT_MS) {
      this.#watched.delete(instanceId);
      return false;
    }
    if (renewedAt < bootedAt()) return true;
    const known = this.#watched.get(instanceId);
    if (known?.renewedAt !== renewedAt) {
      this.#watched.set(instanceId, { renewedAt, lookedAt, watchedMs: 0 });
      return false;
    }
    known.watchedMs += Math.min(Math.max(0, lookedAt - known.lookedAt), LONGEST_PAUSE_MS);
    known.lookedAt = lookedAt;
    return known.watchedMs >= WATCHED_MS;
  }
}
