import { NewestMap } from "../../lib/newest-map.ts";

const MOST_REMEMBERED = 1000;

/** The revision of each plan that a session has seen last: by reading it, or by its own edit. */
export class SeenPlans {
  readonly #revisions = new NewestMap<number>(MOST_REMEMBERED);

  /** 0 where the session has never seen the plan. */
  revision(sessionId: string, slug: string): number {
    return this.#revisions.get(key(sessionId, slug)) ?? 0;
  }

  saw(sessionId: string, slug: string, revision: number): void {
    this.#revisions.set(key(sessionId, slug), revision);
  }

  /** An edit of the session made this revision. What others did in between it has not seen. */
  edited(sessionId: string, slug: string, revision: number): void {
    if (this.revision(sessionId, slug) === revision - 1) this.saw(sessionId, slug, revision);
  }
}

function key(sessionId: string, slug: string): string {
  return `${sessionId}\0${slug}`;
}
