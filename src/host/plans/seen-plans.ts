import { NewestMap } from "../../lib/newest-map.ts";

const MOST_REMEMBERED = 1000;
const MOST_OWN = 500;

/** What a session saw of a plan when it last looked at all of it. */
export interface Look {
  readonly revision: number;
  /** ISO 8601: when the plan was last edited then. */
  readonly at: string;
  /** The revisions that the session itself has made since. */
  readonly own: readonly number[];
}

/** What each session has seen of each plan. */
export class SeenPlans {
  readonly #revisions = new NewestMap<number>(MOST_REMEMBERED);
  readonly #looks = new NewestMap<Look>(MOST_REMEMBERED);

  /** The revision that a session has seen last, by reading it or by its own edit; 0 where it has never seen the plan. */
  revision(sessionId: string, slug: string): number {
    return this.#revisions.get(key(sessionId, slug)) ?? 0;
  }

  /** `undefined` where the session has never looked. */
  look(sessionId: string, slug: string): Look | undefined {
    return this.#looks.get(key(sessionId, slug));
  }

  saw(sessionId: string, slug: string, revision: number): void {
    this.#revisions.set(key(sessionId, slug), revision);
  }

  /** The session has seen the whole plan, or made it. */
  looked(sessionId: string, slug: string, revision: number, at: string): void {
    this.saw(sessionId, slug, revision);
    this.#looks.set(key(sessionId, slug), { revision, at, own: [] });
  }

  /** An edit of the session made this revision. What others did in between it has not seen. */
  edited(sessionId: string, slug: string, revision: number): void {
    if (this.revision(sessionId, slug) === revision - 1) this.saw(sessionId, slug, revision);
    const look = this.look(sessionId, slug);
    if (look === undefined) return;
    this.#looks.set(key(sessionId, slug), { ...look, own: [...look.own, revision].slice(-MOST_OWN) });
  }
}

function key(sessionId: string, slug: string): string {
  return `${sessionId}\0${slug}`;
}
