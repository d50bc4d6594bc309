import type { Hooks } from "../opencode/plugin-api.ts";
import { isText, shape } from "../lib/shape.ts";
import { isOwn } from "../opencode/own-metadata.ts";
import { isSent, type MessagePart } from "../opencode/whose-words.ts";
import { NewestMap } from "../lib/newest-map.ts";

const MOST_SESSIONS = 200;
const COMMAND = /^\s*"?\/[\w-]/;
const hasId = shape({ id: isText });

type UnreadHooks = Required<
  Pick<Hooks, "chat.message" | "command.execute.before" | "experimental.chat.messages.transform">
>;

/** What the user has written that the model has not seen yet: whatever waits inside a turn is to be over then. */
export class UnreadMessages {
  readonly #unread = new NewestMap<Set<string>>(MOST_SESSIONS);
  readonly #commands = new NewestMap<true>(MOST_SESSIONS);
  readonly #waits = new Map<string, Set<() => void>>();

  /** Settles when there is a message of the user that the session has not seen, or when the signal aborts. */
  async whenWritten(sessionId: string, signal: AbortSignal): Promise<boolean> {
    if (this.has(sessionId)) return true;
    if (signal.aborted) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waits = this.#waits.get(sessionId) ?? new Set();
    const written = () => resolve(true);
    const aborted = () => resolve(false);
    this.#waits.set(sessionId, waits.add(written));
    signal.addEventListener("abort", aborted, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", aborted);
      waits.delete(written);
      if (waits.size === 0) this.#waits.delete(sessionId);
    }
  }

  has(sessionId: string): boolean {
    return this.#unread.has(sessionId);
  }

  /** To be the first that sees a message: others rewrite what is a command. */
  readonly hooks: UnreadHooks = {
    "command.execute.before": async ({ sessionID }) => {
      this.#commands.set(sessionID, true);
    },
    "chat.message": async ({ sessionID }, { message, parts }) => {
      if (this.#commands.delete(sessionID) || !isOfPerson(parts)) return;
      const unread = this.#unread.get(sessionID) ?? new Set();
      this.#unread.set(sessionID, unread.add(message.id));
      for (const written of this.#waits.get(sessionID) ?? []) written();
    },
    "experimental.chat.messages.transform": async (_input, { messages }) => {
      for (const { info } of messages) {
        const unread = hasId(info) ? this.#unread.get(info.sessionID) : undefined;
        if (unread?.delete(info.id) === true && unread.size === 0) this.#unread.delete(info.sessionID);
      }
    },
  };
}

/** Not of the host, of this plugin or another one, and no slash command. */
function isOfPerson(parts: readonly MessagePart[]): boolean {
  return parts.some(
    (part) => isSent(part) && !isOwn(part.metadata) && !(parts.length === 1 && isCommand(part.text ?? "")),
  );
}

/** A path is none: `/etc/hosts is wrong`. */
function isCommand(text: string): boolean {
  return COMMAND.test(text) && !/^\s*"?\/\S*\//.test(text);
}
