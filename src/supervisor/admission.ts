/**
 * The waiting line: at most `limit` run at once, the rest wait, first in, first out.
 */
export class Admission {
  readonly #running = new Set<string>();
  readonly #waiting: { id: string; admit: () => void }[] = [];

  constructor(private readonly limit: number) {}

  /** Asks for a place. `admit` is called once there is one: at once, or when another leaves. */
  request(id: string, admit: () => void): void {
    this.#waiting.push({ id, admit });
    this.#admitNext();
  }

  /** Gives the place back, or leaves the line. */
  release(id: string): void {
    const index = this.#waiting.findIndex((waiting) => waiting.id === id);
    if (index >= 0) this.#waiting.splice(index, 1);
    this.#running.delete(id);
    this.#admitNext();
  }

  /** The place in the line, 1 for the next; `undefined` when it does not wait. */
  position(id: string): number | undefined {
    const index = this.#waiting.findIndex((waiting) => waiting.id === id);
    return index < 0 ? undefined : index + 1;
  }

  /** How many run or wait. */
  get count(): number {
    return this.#running.size + this.#waiting.length;
  }

  #admitNext(): void {
    while (this.#running.size < this.limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running.add(next.id);
      next.admit();
    }
  }
}
