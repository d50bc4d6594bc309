/**
 * A line for each plan: what is called first is done first. The host starts the calls of one message in their order, and
 * waits for none of them.
 */
export class PlanLines {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Does something when all that was called before on this plan has ended, well or not. */
  async inTurn<T>(slug: string, run: () => Promise<T>): Promise<T> {
    const mine = (this.#tails.get(slug) ?? Promise.resolve()).then(run);
    const tail = mine.catch(() => undefined);
    this.#tails.set(slug, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(slug) === tail) this.#tails.delete(slug);
    }
  }

  /** When all that was called before on this plan has ended. */
  async settled(slug: string): Promise<void> {
    await this.#tails.get(slug);
  }
}
