import { createMessageId } from "../../opencode/message-id.ts";
import { endsIn, ownMetadata, type End } from "../../opencode/own-metadata.ts";
import type { SessionMessage } from "../host-sessions.ts";
import type { HostSessions } from "../host-sessions.ts";
import { openSession, unreadSession } from "./open-session.ts";
import { includesEnd } from "./told-ends.ts";

/** What became of a message to a session; one that is to be answered may still be overlooked. */
export type Delivery = "delivered" | "session_gone" | WakingMessage;

/** A message that the session's model is to answer. */
export interface WakingMessage {
  /** `false` while it cannot be told, since the session has not got it, or is at work. */
  readonly isOverlooked: () => Promise<boolean>;
  /** Has the session answer it, without a second message. */
  readonly askAgain: () => Promise<unknown>;
}

/** A session that asked for agents, as its messages were a moment ago. */
export interface ParentSession {
  /** The ends that a message of the plugin tells of already. */
  readonly announced: readonly End[];
  /** The ends that the answer of a tool tells of already. */
  readonly answered: readonly End[];
  /** The agent that goes on, as far as it is known. */
  readonly agent: string | undefined;
  /** Puts a message of the plugin behind them, for the agent and model that the user chose last. */
  readonly deliver: (text: string, ends: readonly End[], wake: boolean) => Promise<Delivery>;
}

/**
 * Looks into a session. Rejects when the host does not answer now.
 *
 * @param since when the first of the agents ended that it may have been told of, in milliseconds since the epoch; `null`:
 *   nobody can have told it of any, and where what the user chose is known, nothing is read
 */
export async function openParentSession(
  host: Pick<HostSessions, "choiceOf" | "messages" | "put">,
  sessionId: string,
  since: number | null,
): Promise<ParentSession> {
  const unread = since === null ? unreadSession(host, sessionId) : undefined;
  const session = unread ?? (await openSession(host, sessionId, since ?? Date.now()));
  return {
    announced: session?.said.flatMap(endsIn) ?? [],
    answered: session?.answers.flatMap(endsIn) ?? [],
    agent: session?.agent,
    async deliver(text, ends, wake) {
      const message = { text, wake, metadata: ownMetadata(ends), messageId: createMessageId(Date.now()) };
      const put = async () => (await session?.put(message)) ?? false;
      if (!(await put())) return "session_gone";
      if (!wake) return "delivered";
      return { isOverlooked: async () => await isOverlooked(host, sessionId, ends), askAgain: put };
    },
  };
}

/**
 * Whether the last turn of a session ended without a look at a message: one that comes to a session in the very moment
 * of its end is stored, and never answered. What the user has stopped since stays as it is.
 */
async function isOverlooked(
  host: Pick<HostSessions, "messages">,
  sessionId: string,
  ends: readonly End[],
): Promise<boolean> {
  const isOurs = ({ parts }: SessionMessage) =>
    parts.some(({ metadata }) => endsIn(metadata).some((end) => includesEnd(ends, end)));
  const messages = (await host.messages(sessionId, (newest) => newest.some(isOurs))) ?? [];
  const at = messages.findLastIndex(isOurs);
  if (at === -1 || messages.slice(at).some(({ info }) => info.role === "assistant")) return false;
  const last = messages.slice(0, at).findLast(({ info }) => info.role === "assistant")?.info;
  return last !== undefined && Boolean(last.time.completed) && !last.error;
}
