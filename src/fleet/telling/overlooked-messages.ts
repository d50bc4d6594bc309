import type { Clock, Timer } from "../../lib/clock.ts";
import type { WakingMessage } from "./parent-session.ts";

/** A turn that begins at once after another is no end. */
const SETTLING_MS = 200;
const MOST_LOOKS = 5;

export interface OverlookedMessagesParts {
  readonly clock: Clock;
  readonly isBusy: (sessionId: string) => boolean;
  readonly report: (message: string, cause: unknown) => void;
}

/** Sees to it that a message which was put into a session at work is answered, also where it came as the turn ended. */
export class OverlookedMessages {
  readonly #parts: OverlookedMessagesParts;
  readonly #messages = new Map<string, { readonly message: WakingMessage; looks: number }[]>();
  readonly #timers = new Map<string, Timer>();

  constructor(parts: OverlookedMessagesParts) {
    this.#parts = parts;
  }

  add(sessionId: string, message: WakingMessage): void {
    this.#messages.set(sessionId, [...(this.#messages.get(sessionId) ?? []), { message, looks: 0 }]);
    this.idle(sessionId);
  }

  /** The session may have become idle. */
  idle(sessionId: string): void {
    if (!this.#messages.has(sessionId) || this.#timers.has(sessionId) || this.#parts.isBusy(sessionId)) return;
    const timer = this.#parts.clock.after(SETTLING_MS, () => {
      this.#timers.delete(sessionId);
      void this.#look(sessionId);
    });
    this.#timers.set(sessionId, timer);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.clear();
    this.#timers.clear();
    this.#messages.clear();
  }

  async #look(sessionId: string): Promise<void> {
    const { isBusy, report } = this.#parts;
    const waiting = this.#messages.get(sessionId) ?? [];
    // Its next idle event comes back here.
    if (isBusy(sessionId)) return;
    const newest = waiting.at(-1);
    if (newest === undefined) return;
    try {
      newest.looks += 1;
      const isOverlooked = await newest.message.isOverlooked();
      if (isBusy(sessionId)) return;
      // A step that sees one of them sees all.
      if (!isOverlooked || newest.looks > MOST_LOOKS) this.#forget(sessionId, waiting);
      else await newest.message.askAgain();
    } catch (error) {
      report(`Whether session ${sessionId} has seen a message could not be made out.`, error);
      if (newest.looks > MOST_LOOKS) this.#forget(sessionId, waiting);
      else this.idle(sessionId);
    }
  }

  #forget(sessionId: string, seen: readonly unknown[]): void {
    const left = (this.#messages.get(sessionId) ?? []).filter((one) => !seen.includes(one));
    if (left.length === 0) this.#messages.delete(sessionId);
    else this.#messages.set(sessionId, left);
  }
}
