import { lastChoice, tellChoice, type Choice } from "../../opencode/last-choice.ts";
import { reachBackTo } from "../../opencode/message-pages.ts";
import type { HostSessions, OwnMessage } from "../host-sessions.ts";

/** A session as its messages were a moment ago, and what puts one of the plugin behind them. */
export interface OpenSession {
  /** What messages say beside their text, of whoever put them there. */
  readonly said: readonly unknown[];
  /** What the answers of tools say beside their text. */
  readonly answers: readonly unknown[];
  /** The agent that goes on, as far as it is known. */
  readonly agent: string | undefined;
  /** For the agent and model that the user chose last. `false` when there is no such session any more. */
  readonly put: (message: Omit<OwnMessage, "choice">) => Promise<boolean>;
}

/** A session of which nothing is read; `undefined` where only its messages tell what the user chose. */
export function unreadSession(
  host: Pick<HostSessions, "choiceOf" | "put">,
  sessionId: string,
): OpenSession | undefined {
  const choice = host.choiceOf(sessionId);
  return choice && { said: [], answers: [], ...choosing(host, sessionId, choice) };
}

/**
 * Looks into a session; `undefined` when there is none. Rejects when the host does not answer now.
 *
 * @param since what was put there from then on is seen, in milliseconds since the epoch
 */
export async function openSession(
  host: Pick<HostSessions, "messages" | "put">,
  sessionId: string,
  since: number,
): Promise<OpenSession | undefined> {
  const messages = await host.messages(sessionId, (newest) => tellChoice(newest) && reachBackTo(since, newest));
  if (messages === undefined) return undefined;
  const parts = messages.flatMap((message) => message.parts);
  return {
    said: parts.map(({ metadata }) => metadata),
    answers: parts.map(({ state }) => state?.metadata),
    ...choosing(host, sessionId, lastChoice(messages)),
  };
}

function choosing(
  host: Pick<HostSessions, "put">,
  sessionId: string,
  choice: Choice,
): Pick<OpenSession, "agent" | "put"> {
  return { agent: choice.agent, put: async (message) => await host.put(sessionId, { ...message, choice }) };
}
