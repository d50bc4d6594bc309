import type { Liveness } from "../supervisor/instance.ts";
import type { Asked, Said } from "../supervisor/questions.ts";

/** Of what is asked. */
const SHOWN_CHARACTERS = 80;

/** What an agent asks the user, as telemetry tells of it: while something is open, its clocks stand still. */
export class Asking {
  readonly #open = new Map<string, Asked>();
  readonly #held = new Set<string>();
  #endedAt = 0;
  #said: Said[] = [];

  /** What is open, or was until now. */
  changed(asked: Asked, isOpen: boolean, now: number): void {
    if (isOpen) this.#open.set(asked.askId, asked);
    else this.#open.delete(asked.askId);
    this.#endedAt = now;
  }

  /** Something is told who asked for the agent. */
  says(said: Said): void {
    this.#said.push(said);
  }

  /** What was told since the last time. */
  takeSaid(): readonly Said[] {
    return this.#said.splice(0);
  }

  /** A call was sent back, to be made once more. */
  held(callId: string): void {
    this.#held.add(callId);
  }

  isHeld(callId: string | undefined): boolean {
    return callId !== undefined && this.#held.has(callId);
  }

  get open(): readonly Asked[] {
    return [...this.#open.values()];
  }

  /** What the agent does meanwhile; `undefined` while it asks nothing. */
  get activity(): string | undefined {
    const [first] = this.#open.values();
    if (first === undefined) return undefined;
    const line = first.what.replaceAll(/\s+/g, " ");
    return `asking ${line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS - 1)}…`}`;
  }

  /** The clocks of an agent, which begin anew when the user has answered. */
  over(liveness: Liveness): Liveness {
    if (this.#open.size > 0) return { ...liveness, phase: "asking", since: this.#endedAt, thinkingSince: null };
    const { since, thinkingSince } = liveness;
    const later = thinkingSince === null ? null : Math.max(thinkingSince, this.#endedAt);
    return { ...liveness, since: Math.max(since, this.#endedAt), thinkingSince: later };
  }
}
