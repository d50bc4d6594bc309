import { NewestMap } from "../lib/newest-map.ts";
import { sessionOf, type OpencodeEvent } from "./session-events.ts";

/** Of those that are older a process reads what there is of them, as of those that began elsewhere. */
const MOST_SESSIONS = 200;

/** The sessions that began before the eyes of this process: nothing was kept of them by an earlier one. */
export class BegunSessions {
  readonly #sessions = new NewestMap<true>(MOST_SESSIONS);

  event(event: OpencodeEvent): void {
    const sessionId = event.type === "session.created" ? sessionOf(event) : undefined;
    if (sessionId !== undefined) this.#sessions.set(sessionId, true);
  }

  has(sessionId: string): boolean {
    return this.#sessions.has(sessionId);
  }
}
