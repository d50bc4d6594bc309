import type { BaseClock } from "../../lib/clock.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import type { ParentSession } from "./parent-session.ts";

/** An end is on the disk long before; after a standstill others may have told it. */
const FRESH_MS = 1000;

export interface EarlyReadingsParts {
  readonly clock: Pick<BaseClock, "now">;
  /** As of {@link AnnouncerParts}. */
  readonly open: (sessionId: string, since: number) => Promise<ParentSession>;
}

/** Most are taken at once; of an agent that goes on, or was collected meanwhile, nobody does. */
const MOST_KEPT = 8;

interface Reading {
  readonly instanceId: string;
  readonly at: number;
  readonly session: Promise<ParentSession>;
}

/**
 * Sessions that are read while the end that they are to be told of is written down. Until it is on the disk nobody else
 * can know of it: what is read then holds whatever has been told.
 */
export class EarlyReadings {
  /** One for each session: where several of its agents end at once, it is read when they are told. */
  readonly #readings = new NewestMap<Reading>(MOST_KEPT);

  constructor(private readonly parts: EarlyReadingsParts) {}

  read(sessionId: string, instanceId: string): void {
    const at = this.parts.clock.now();
    const session = this.parts.open(sessionId, at);
    // Asked for once more by who needs it.
    session.catch(() => this.#readings.get(sessionId)?.session === session && this.#readings.delete(sessionId));
    this.#readings.set(sessionId, { instanceId, at, session });
  }

  /** What was read for the end of this one agent; `undefined` where it has to be read now. It is given once. */
  take(sessionId: string, told: readonly string[]): Promise<ParentSession> | undefined {
    const reading = this.#readings.get(sessionId);
    this.#readings.delete(sessionId);
    if (reading === undefined || told.some((id) => id !== reading.instanceId)) return undefined;
    return this.parts.clock.now() - reading.at < FRESH_MS ? reading.session : undefined;
  }
}
