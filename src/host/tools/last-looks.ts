import { NewestMap } from "../../lib/newest-map.ts";
import { sessionOf, type OpencodeEvent } from "../../opencode/session-events.ts";

/** Of more sessions everything is told once more. */
const MOST_LOOKS = 1000;
const SEPARATOR = " ";

/** What takes an earlier answer out of a session's context. */
const FORGETTING = new Set(["session.compacted", "message.removed", "session.deleted"]);

/** What each session has been told of agents: the same once more would be no news. */
export class LastLooks {
  readonly #looks = new NewestMap<{ readonly seen: string; readonly at: number }>(MOST_LOOKS);

  /**
   * Notes what a session is told.
   *
   * @param asked which agents it asked for
   * @param seen what there is to tell, without what the clock alone changes
   * @returns for how many milliseconds it has known that already; `undefined` where it is news
   */
  known(sessionId: string, asked: string, seen: string, now: number): number | undefined {
    const key = `${sessionId}${SEPARATOR}${asked}`;
    const before = this.#looks.get(key);
    if (before?.seen === seen) return now - before.at;
    this.#looks.set(key, { seen, at: now });
    return undefined;
  }

  /** An event of the host. */
  event(event: OpencodeEvent): void {
    const sessionId = FORGETTING.has(event.type) ? sessionOf(event) : undefined;
    if (sessionId === undefined) return;
    const ofSession = `${sessionId}${SEPARATOR}`;
    for (const key of this.#looks.keys()) if (key.startsWith(ofSession)) this.#looks.delete(key);
  }
}
