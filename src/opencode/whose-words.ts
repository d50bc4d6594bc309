import { withoutTags } from "./message-tags.ts";

/** What opencode says of a message, as far as whose it is depends on it. */
export interface MessageInfo {
  readonly role: string;
  /** `true` of the summary of a compaction; of a user's message, what it changed. */
  readonly summary?: unknown;
}

/** What opencode says of a part of a message, as far as whose words they are depends on it. */
export interface MessagePart {
  readonly type: string;
  readonly text?: string | null | undefined;
  /** Written by the host or a plugin. */
  readonly synthetic?: unknown;
  /** Shown to the user, and never to the model. */
  readonly ignored?: unknown;
  readonly metadata?: unknown;
}

/** What the message is made of that a person, or who supervises an agent, sends. */
const SENT = new Set(["text", "file", "agent", "subtask"]);

/** Whether a message is an agent's own: the host's summary of a compaction is an assistant's message too (1.18.33). */
export function isOwnMessage({ role, summary }: MessageInfo): boolean {
  return role === "assistant" && summary !== true;
}

/** Whether somebody wrote a part: a person, a model, or the supervisor; not the host, nor a plugin beside the talk. */
export function isSaid({ type, synthetic, ignored }: MessagePart): boolean {
  return type !== "compaction" && synthetic !== true && ignored !== true;
}

/** Whether a part of a user's message is of who sent it: not of the host, nor of a plugin beside the talk. */
export function isSent(part: MessagePart): boolean {
  return SENT.has(part.type) && isSaid(part);
}

/** What the agent itself says in a message; empty where that is nothing. */
export function ownWords(info: MessageInfo, parts: readonly MessagePart[]): string {
  if (!isOwnMessage(info)) return "";
  return joinTexts(parts.flatMap((part) => (part.type === "text" && isSaid(part) ? (part.text ?? "") : [])));
}

/** Texts of one message, or the words of several, as one text; blank ones are left out. */
export function joinTexts(texts: readonly string[]): string {
  return texts
    .map(withoutTags)
    .filter((text) => text.trim() !== "")
    .join("\n\n");
}
