import { withoutTags } from "../../message-tags.ts";
import { isAnything, isNumber, isText, oneOf, orAbsent, shape, type Checked } from "../../shape.ts";
import { isFinished } from "../../supervisor/outcome.ts";
import { readRunEvent, type RunEvent } from "../run-event.ts";
import type { SessionMessage } from "./server-client.ts";
import type { ServerEvent } from "./event-stream.ts";

const isPart = shape({ type: isText, messageID: isText, id: orAbsent(isText) });
const isOwnPrompt = shape({ metadata: shape({ bizar: shape({ turn: isText }) }) });
const isWholeText = shape({ text: isText, time: shape({ end: isNumber }) });
const isEndedCall = shape({ callID: isText, state: shape({ status: oneOf("completed", "error") }) });
const isInfo = shape({ id: isText, role: isText, finish: orAbsent(isText) });
const hasError = shape({ error: isAnything });
const isCompleted = shape({ time: shape({ completed: isNumber }) });
const isPartUpdate = shape({ part: isPart });
const isMessageUpdate = shape({ info: isInfo });
const isAbort = shape({ name: oneOf("MessageAbortedError") });
const hasWords = shape({ name: isText, data: orAbsent(shape({ message: orAbsent(isText) })) });

type Part = Checked<typeof isPart>;
type TextPart = Part & Checked<typeof isWholeText>;

export interface SessionReaderParts {
  readonly sessionId: string;
  /** What the metadata of this turn's prompt holds. */
  readonly turn: string;
  readonly onEvent: (event: RunEvent) => void;
  readonly now: () => number;
}

/**
 * Reads one turn of a session as `opencode run --format json` would print it: each part once, when it is whole, whether
 * an event tells it, or the list of messages, or both. What comes before the turn's own prompt belongs to another turn.
 */
export class SessionReader {
  /** The message with the prompt of this turn; ids rise (1.18.33). */
  #promptId: string | undefined;
  readonly #parts: SessionReaderParts;
  readonly #roles = new Map<string, string>();
  readonly #told = new Set<string>();
  /** Texts that came without an id, and may come again with one. */
  readonly #withoutId = new Set<string>();
  readonly #errors = new Set<string>();
  #last: { readonly id: string; isComplete: boolean } | undefined;

  constructor(parts: SessionReaderParts) {
    this.#parts = parts;
  }

  /** Whether the session has the prompt of this turn. */
  get hasBegun(): boolean {
    return this.#promptId !== undefined;
  }

  /** Whether the last message of the turn is whole and the model has come to its end. */
  get isComplete(): boolean {
    return this.#last?.isComplete === true && this.#errors.size === 0;
  }

  /** An event of the session itself. */
  event({ type, properties }: ServerEvent): void {
    if (type === "message.updated" && isMessageUpdate(properties)) this.#message(properties.info);
    else if (type === "message.part.updated" && isPartUpdate(properties)) this.#part(properties.part);
    else if (type === "session.error" && hasError(properties) && this.#concerns(properties.error))
      this.#error(properties.error);
  }

  /** An abort that is told before the turn has begun is that of an earlier one. */
  #concerns(error: unknown): boolean {
    return this.hasBegun || !isAbort(error);
  }

  /** Whether a message of the session is the prompt of this turn. */
  isPrompt({ parts }: SessionMessage): boolean {
    return parts.some((part) => this.#isOwnPrompt(part));
  }

  /**
   * What the session holds by now, for whatever no event has told.
   *
   * @returns the messages of this turn, its prompt included
   */
  catchUp(messages: readonly SessionMessage[]): SessionMessage[] {
    const start = messages.findIndex((message) => this.isPrompt(message));
    const own = start < 0 ? [] : messages.slice(start);
    for (const { info, parts } of own) {
      this.#roles.set(info.id, info.role);
      for (const part of parts) if (isPart(part)) this.#part(part);
      if (isInfo(info)) this.#message(info);
    }
    return own;
  }

  #isOwnPrompt(part: unknown): boolean {
    return isOwnPrompt(part) && part.metadata.bizar.turn === this.#parts.turn;
  }

  #belongs(messageId: string): boolean {
    return this.#promptId !== undefined && messageId > this.#promptId;
  }

  #message(info: Checked<typeof isInfo>): void {
    this.#roles.set(info.id, info.role);
    if (!this.#belongs(info.id) || info.role !== "assistant") return;
    if (hasError(info) && info.error !== undefined && info.error !== null) this.#error(info.error);
    if (this.#last !== undefined && info.id < this.#last.id) return;
    this.#last = { id: info.id, isComplete: isCompleted(info) && isFinished(info.finish) };
  }

  #part(part: Part): void {
    const role = this.#roles.get(part.messageID);
    if (role === "user") {
      if (this.#isOwnPrompt(part)) this.#promptId = part.messageID;
      return;
    }
    if (!this.#belongs(part.messageID) || role !== "assistant") return;
    switch (part.type) {
      case "text":
      case "reasoning":
        if (isWholeText(part)) this.#text(part, part.time.end);
        return;
      case "tool":
        // One call, however often its end is told.
        if (isEndedCall(part)) this.#once(`${part.messageID} ${part.callID}`, "tool_use", part);
        return;
      case "step-start":
        this.#once(part.id ?? `${part.messageID} step-start`, "step_start", part);
        return;
      case "step-finish":
        this.#once(part.id ?? `${part.messageID} step-finish`, "step_finish", part);
    }
  }

  #text(part: TextPart, at: number): void {
    const whole = `${part.messageID} ${part.type} ${part.text}`;
    if (this.#isRepeated(part.id, whole)) return;
    this.#emit(part.type, at, { part: { ...part, text: withoutTags(part.text) } });
  }

  /** A text is told again, by its id or, where one of the two tellings has none, by its words. */
  #isRepeated(id: string | undefined, whole: string): boolean {
    const isKnown = this.#told.has(id ?? whole);
    if (id === undefined && !isKnown) this.#withoutId.add(whole);
    this.#told.add(whole).add(id ?? whole);
    return isKnown || (id !== undefined && this.#withoutId.delete(whole));
  }

  #error(error: unknown): void {
    const told = hasWords(error) ? error : { name: "UnknownError", data: { message: JSON.stringify(error) } };
    const words = `${told.name}: ${told.data?.message ?? ""}`;
    // The same error is told for the session and for its message, and once more with where it was thrown (1.18.33).
    if (this.#errors.has(words) || (this.#errors.size > 0 && words.includes("\n    at "))) return;
    this.#errors.add(words);
    this.#emit("error", this.#parts.now(), { error: told });
  }

  #once(key: string, type: RunEvent["type"], part: object): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#emit(type, this.#parts.now(), { part });
  }

  #emit(type: string, timestamp: number, content: { part: object } | { error: unknown }): void {
    const event = readRunEvent({ type, timestamp, sessionID: this.#parts.sessionId, ...content });
    if (event !== undefined) this.#parts.onEvent(event);
  }
}
