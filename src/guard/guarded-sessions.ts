import { NewestMap } from "../lib/newest-map.ts";
import type { Ladder } from "./ladder.ts";
import { SessionGuard, type SavedGuard } from "./session-guard.ts";

/** Where the guard's state outlives the process. Neither call ever rejects. */
export interface GuardStore {
  load(sessionId: string): Promise<SavedGuard | undefined>;
  /** Keeps the state some time soon; `state` is asked for when it is written. */
  saveSoon(sessionId: string, state: () => SavedGuard): void;
}

/** More sessions than this are not held in memory at once; the longest unused one goes, its file stays. */
const MOST_SESSIONS = 100;

/** The guards of all sessions of this process. */
export class GuardedSessions {
  readonly #guards = new NewestMap<Promise<SessionGuard>>(MOST_SESSIONS);

  constructor(
    private readonly ladder: Ladder,
    private readonly store: GuardStore,
  ) {}

  /** The guard of a session, with what it knew before a restart. */
  async of(sessionId: string): Promise<SessionGuard> {
    const guard = this.#guards.get(sessionId) ?? this.#restored(sessionId);
    // The one that was used last.
    this.#guards.set(sessionId, guard);
    return await guard;
  }

  /** Something changed that should outlive the process. */
  changed(sessionId: string, guard: SessionGuard): void {
    this.store.saveSoon(sessionId, () => guard.save());
  }

  async #restored(sessionId: string): Promise<SessionGuard> {
    return new SessionGuard(this.ladder, await this.store.load(sessionId));
  }
}
