import { withoutTags } from "../../opencode/message-tags.ts";
import { isOwnMessage } from "../../opencode/whose-words.ts";
import { isAnything, isNumber, isText, oneOf, orAbsent, shape, type Checked } from "../../lib/shape.ts";
import { isFinished } from "../../supervisor/outcome.ts";
import { readRunEvent, type RunEvent } from "../run-event.ts";
import type { HostMessage } from "../../opencode/answers.ts";
import type { ServerEvent } from "./event-stream.ts";

const isPart = shape({ type: isText, messageID: isText, id: orAbsent(isText) });
const isWholeText = shape({ text: isText, time: shape({ end: isNumber }) });
const isEndedCall = shape({ callID: isText, state: shape({ status: oneOf("completed", "error") }) });
const isInfo = shape({ id: isText, role: isText, finish: orAbsent(isText), summary: isAnything });
const hasError = shape({ error: isAnything });
const isCompleted = shape({ time: shape({ completed: isNumber }) });
const isPartUpdate = shape({ part: isPart });
const isMessageUpdate = shape({ info: isInfo });
const isCompaction = shape({ type: oneOf("compaction") });
const isAbort = shape({ name: oneOf("MessageAbortedError") });
const hasWords = shape({ name: isText, data: orAbsent(shape({ message: orAbsent(isText) })) });

type Part = Checked<typeof isPart>;
type TextPart = Part & Checked<typeof isWholeText>;

export interface SessionReaderParts {
  readonly sessionId: string;
  /** The message with the prompt of this turn; ids rise. */
  readonly prompt: string;
  /** `isOwn`: of a message of the agent itself, not of a summary of the host. */
  readonly onEvent: (event: RunEvent, isOwn: boolean) => void;
  readonly now: () => number;
}

/**
 * Reads one turn of a session as `opencode run --format json` would print it: each part once, when it is whole, whether
 * an event tells it, or the list of messages, or both. What comes before the turn's own prompt belongs to another turn.
 */
export class SessionReader {
  #hasBegun = false;
  readonly #parts: SessionReaderParts;
  readonly #infos = new Map<string, Checked<typeof isInfo>>();
  readonly #told = new Set<string>();
  /** Texts that came without an id, and may come again with one. */
  readonly #withoutId = new Set<string>();
  readonly #errors = new Set<string>();
  #last: { readonly id: string; readonly isComplete: boolean } | undefined;
  /** The last message of a compaction: the host asks the agent to go on after it. */
  #compaction = "";

  constructor(parts: SessionReaderParts) {
    this.#parts = parts;
  }

  /** Whether the session has the prompt of this turn. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The last message of the agent; the prompt before there is one. */
  get lastOwn(): string {
    return this.#last?.id ?? this.#parts.prompt;
  }

  /** Whether the last message of the agent is whole and the model has come to its end. */
  get isComplete(): boolean {
    const last = this.#last;
    return last?.isComplete === true && last.id > this.#compaction && this.#errors.size === 0;
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

  /** Whether an event of the session is about a message from before the prompt: it is the rest of an earlier turn. */
  isOfEarlierTurn({ properties }: ServerEvent): boolean {
    if (isPartUpdate(properties)) return properties.part.messageID < this.#parts.prompt;
    return isMessageUpdate(properties) && properties.info.id < this.#parts.prompt;
  }

  /** Whether a message of the session is the prompt of this turn. */
  isPrompt({ info }: HostMessage): boolean {
    return info.id === this.#parts.prompt;
  }

  /**
   * What the session holds by now, for whatever no event has told.
   *
   * @returns the messages of this turn, its prompt included
   */
  catchUp(messages: readonly HostMessage[]): HostMessage[] {
    const start = messages.findIndex((message) => this.isPrompt(message));
    const own = start < 0 ? [] : messages.slice(start);
    for (const { info, parts } of own) {
      if (!isInfo(info)) continue;
      this.#infos.set(info.id, info);
      for (const part of parts) if (isPart(part)) this.#part(part);
      this.#message(info);
    }
    return own;
  }

  #belongs(messageId: string): boolean {
    return messageId > this.#parts.prompt;
  }

  #message(info: Checked<typeof isInfo>): void {
    this.#infos.set(info.id, info);
    this.#hasBegun ||= info.id === this.#parts.prompt;
    if (!this.#belongs(info.id) || info.role !== "assistant") return;
    if (hasError(info) && info.error !== undefined && info.error !== null) this.#error(info.error);
    if (!isOwnMessage(info)) {
      this.#compacted(info.id);
      return;
    }
    if (this.#last !== undefined && info.id < this.#last.id) return;
    this.#last = { id: info.id, isComplete: isCompleted(info) && isFinished(info.finish) };
  }

  #compacted(messageId: string): void {
    if (messageId > this.#compaction) this.#compaction = messageId;
  }

  #part(part: Part): void {
    const info = this.#infos.get(part.messageID);
    if (info === undefined || !this.#belongs(part.messageID)) return;
    if (isCompaction(part)) this.#compacted(part.messageID);
    if (info.role !== "assistant") return;
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
    this.#emit(part.type, at, { part: { ...part, text: withoutTags(part.text) } }, part.messageID);
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
    // The same error is told for the session and for its message, and once more with where it was thrown.
    if (this.#errors.has(words) || (this.#errors.size > 0 && words.includes("\n    at "))) return;
    this.#errors.add(words);
    this.#emit("error", this.#parts.now(), { error: told });
  }

  #once(key: string, type: RunEvent["type"], part: Part): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#emit(type, this.#parts.now(), { part }, part.messageID);
  }

  #emit(type: string, timestamp: number, content: { part: object } | { error: unknown }, messageId = ""): void {
    const event = readRunEvent({ type, timestamp, sessionID: this.#parts.sessionId, ...content });
    const info = this.#infos.get(messageId);
    if (event !== undefined) this.#parts.onEvent(event, info === undefined || isOwnMessage(info));
  }
}
