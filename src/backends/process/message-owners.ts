import type { MessageReport } from "../../agent-role/telemetry-line.ts";
import type { TranscriptTurn } from "../../supervisor/ports.ts";

/** Whose the messages of a child's session are, as far as its voice, or the session itself, has told. */
export class MessageOwners {
  #latest = "";
  #foreign: ReadonlySet<string> = new Set();
  readonly #fromSession = new Map<string, boolean>();
  #prompt: string | undefined;

  /** The message with the prompt of the turn. */
  get prompt(): string | undefined {
    return this.#prompt;
  }

  /** The voice tells. */
  told({ prompt, latest, foreign }: MessageReport): void {
    this.#prompt = prompt ?? this.#prompt;
    this.#latest = latest ?? this.#latest;
    this.#foreign = new Set(foreign);
  }

  /** The session, read back, tells of these messages; it knows as well which turn they belong to. */
  readBack(messageIds: readonly string[], turns: readonly TranscriptTurn[]): void {
    const own = new Set(turns.flatMap(({ ownMessages }) => ownMessages));
    for (const id of messageIds) this.#fromSession.set(id, own.has(id));
    const turn = turns.findLast(({ ownMessages }) => ownMessages.some((id) => this.#fromSession.has(id)));
    this.#prompt ??= turn?.messageId;
  }

  /** Whether a message is the agent's own; `undefined` while nobody has told. */
  isOwn(messageId: string): boolean | undefined {
    if (messageId <= this.#latest) return !this.#foreign.has(messageId);
    return this.#fromSession.get(messageId);
  }
}
