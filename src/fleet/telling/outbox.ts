import type { BaseClock, Timer } from "../../lib/clock.ts";

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** What came of an attempt to tell. */
export interface Attempt {
  /** Whether somebody was told something. */
  readonly isTold: boolean;
  /** `over`: that was all. `held`: something will say when it can be told. `later`: nothing will, so it is tried again. */
  readonly next: "over" | "held" | "later";
}

export interface OutboxParts {
  readonly clock: BaseClock;
  /**
   * Tells what is to be told under a name. A rejection is an attempt that has failed, and is tried again.
   *
   * @param isLast whether it is now or never
   */
  readonly tell: (name: string, isLast: boolean) => Promise<Attempt>;
  /** An attempt was `over`. */
  readonly over: (name: string) => void;
  readonly failed: (name: string, cause: unknown) => void;
}

interface Letter {
  timer: Timer | null;
  /** Settles when what is being told is told. */
  telling: Promise<boolean> | null;
  /** It was due while it was being told. */
  isDue: boolean;
  retryMs: number;
}

/**
 * When sessions are told something: one attempt at a time under each name, once more after one during which it was due, and
 * after one that failed with longer and longer pauses, of a second up to a minute.
 */
export class Outbox {
  readonly #letters = new Map<string, Letter>();
  #isClosed = false;

  constructor(private readonly parts: OutboxParts) {}

  /** Has it told in so many milliseconds; where it is due already, that stays. */
  due(name: string, delayMs: number): void {
    if (this.#isClosed) return;
    const letter = this.#letter(name);
    letter.timer ??= this.parts.clock.after(delayMs, () => {
      letter.timer = null;
      if (letter.telling === null) void this.#tell(name, letter, false);
      else letter.isDue = true;
    });
  }

  /** It is not due any more. */
  putOff(name: string): void {
    const letter = this.#letters.get(name);
    letter?.timer?.clear();
    if (letter !== undefined) letter.timer = null;
  }

  isTelling(name: string): boolean {
    return (this.#letters.get(name)?.telling ?? null) !== null;
  }

  /** Tells it now, for the last time, behind what is being told. Returns whether somebody was told. Never rejects. */
  async now(name: string): Promise<boolean> {
    if (this.#isClosed) return false;
    const letter = this.#letter(name);
    await letter.telling;
    return await this.#tell(name, letter, true);
  }

  /** There is nothing to tell any more under this name. */
  drop(name: string): void {
    this.putOff(name);
    this.#letters.delete(name);
  }

  close(): void {
    this.#isClosed = true;
    for (const name of this.#letters.keys()) this.drop(name);
  }

  #letter(name: string): Letter {
    const letter = this.#letters.get(name) ?? { timer: null, telling: null, isDue: false, retryMs: FIRST_RETRY_MS };
    this.#letters.set(name, letter);
    return letter;
  }

  async #tell(name: string, letter: Letter, isLast: boolean): Promise<boolean> {
    const attempt = this.#attempt(name, isLast);
    letter.telling = attempt.then(({ isTold }) => isTold);
    const { isTold, next } = await attempt;
    letter.telling = null;
    if (this.#letters.get(name) !== letter) return isTold;
    if (letter.isDue) this.due(name, 0);
    letter.isDue = false;
    if (next === "later") {
      this.due(name, letter.retryMs);
      letter.retryMs = Math.min(letter.retryMs * 2, LONGEST_RETRY_MS);
      return isTold;
    }
    letter.retryMs = FIRST_RETRY_MS;
    if (letter.timer === null) this.#letters.delete(name);
    if (next === "over") this.parts.over(name);
    return isTold;
  }

  async #attempt(name: string, isLast: boolean): Promise<Attempt> {
    try {
      return await this.parts.tell(name, isLast);
    } catch (error) {
      // What is left when the plugin is disposed of, the next one tells.
      if (!this.#isClosed) this.parts.failed(name, error);
      return { isTold: false, next: "later" };
    }
  }
}
