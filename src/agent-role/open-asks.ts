import type { Asked, Reply } from "../supervisor/questions.ts";

/** The supervisor ends a wait first; this long after it nobody is left who would. */
const SLACK_MS = 10_000;

/** Where answers come from: watched while something is open. */
export type WatchAnswers = (onAnswer: (askId: string, reply: Reply) => void) => { close(): void };

export interface OpenAsksParts {
  /** How long a question waits, in milliseconds. */
  readonly waitMs: number;
  readonly watch: WatchAnswers;
  /** What is open has changed. */
  readonly changed: (asked: Asked, isOpen: boolean) => void;
}

/** What an agent has asked the user, and waits for. */
export class OpenAsks {
  readonly #open = new Map<string, { readonly asked: Asked; readonly replied: (reply: Reply) => void }>();
  #watch: { close(): void } | undefined;

  constructor(private readonly parts: OpenAsksParts) {}

  /** Asks; settles with the answer, or with none after a while. */
  async ask(asked: Asked): Promise<Reply> {
    const { waitMs, watch, changed } = this.parts;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#open.set(asked.askId, { asked, replied: resolve });
    this.#watch ??= watch((askId, reply) => this.#answered(askId, reply));
    changed(asked, true);
    const timer = setTimeout(() => this.#answered(asked.askId, { kind: "unanswered" }), waitMs + SLACK_MS);
    timer.unref();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #answered(askId: string, reply: Reply): void {
    const open = this.#open.get(askId);
    if (open === undefined) return;
    this.#open.delete(askId);
    if (this.#open.size === 0) {
      this.#watch?.close();
      this.#watch = undefined;
    }
    this.parts.changed(open.asked, false);
    open.replied(reply);
  }
}
