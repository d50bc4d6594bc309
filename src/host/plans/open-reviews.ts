/** The reviews that this process knows to be open, by the session that waits for their end. */
export class OpenReviews {
  readonly #bySession = new Map<string, Set<string>>();
  readonly #waits = new Map<string, number>();

  /** @param changed which plans are under review has changed */
  constructor(private readonly changed: () => void = () => undefined) {}

  opened(sessionId: string, slug: string): void {
    const slugs = this.#bySession.get(sessionId) ?? new Set();
    this.#bySession.set(sessionId, slugs.add(slug));
    this.changed();
  }

  /** The review of a plan is over, whoever asked. */
  closed(slug: string): void {
    for (const [sessionId, slugs] of this.#bySession) {
      if (slugs.delete(slug) && slugs.size === 0) this.#bySession.delete(sessionId);
    }
    this.changed();
  }

  /** The plans whose reviews a session waits for. */
  of(sessionId: string): readonly string[] {
    return [...(this.#bySession.get(sessionId) ?? [])];
  }

  /** The sessions that wait for a review. */
  get sessions(): readonly string[] {
    return [...this.#bySession.keys()];
  }

  /** The plans that are under review. */
  get slugs(): readonly string[] {
    return [...new Set(this.sessions.flatMap((sessionId) => this.of(sessionId)))];
  }

  /**
   * A tool of this process waits for what a person does: its answer tells its session of it. Returns what ends the
   * wait.
   */
  waiting(sessionId: string, slug: string): () => void {
    const key = `${sessionId} ${slug}`;
    this.#waits.set(key, (this.#waits.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#waits.get(key) ?? 1) - 1;
      if (left > 0) this.#waits.set(key, left);
      else this.#waits.delete(key);
    };
  }

  isWaited(sessionId: string, slug: string): boolean {
    return this.#waits.has(`${sessionId} ${slug}`);
  }
}
