import { lastChoice, tellChoice } from "../../opencode/last-choice.ts";
import { reachBackTo } from "../../opencode/message-pages.ts";
import type { HostClient, HostMessage } from "../host-client.ts";
import { endsIn, type End } from "./told-ends.ts";

/** What became of a message to a session. */
export type Delivery = "delivered" | "session_gone";

/** A session that asked for agents, as its messages were a moment ago. */
export interface ParentSession {
  /** The ends that a message of the plugin tells of already. */
  readonly announced: readonly End[];
  /** The ends that the answer of a tool tells of already. */
  readonly answered: readonly End[];
  /** Puts a message of the plugin behind them, for the agent and model that the user chose last. */
  readonly deliver: (text: string, ends: readonly End[], wake: boolean) => Promise<Delivery>;
}

/**
 * Looks into a session. Rejects when the host does not answer now.
 *
 * @param since when the first of the agents ended that it may have been told of, in milliseconds since the epoch
 */
export async function openParentSession(
  host: Pick<HostClient, "messages" | "put">,
  sessionId: string,
  since: number,
): Promise<ParentSession> {
  const isEnough = (newest: readonly HostMessage[]) => tellChoice(newest) && reachBackTo(since, newest);
  const messages = (await host.messages(sessionId, isEnough)) ?? [];
  const parts = messages.flatMap((message) => message.parts);
  return {
    announced: parts.flatMap(({ metadata }) => endsIn(metadata)),
    answered: parts.flatMap(({ state }) => endsIn(state?.metadata)),
    async deliver(text, ends, wake) {
      const message = { text, wake, metadata: { bizar: ends }, choice: lastChoice(messages) };
      return (await host.put(sessionId, message)) ? "delivered" : "session_gone";
    },
  };
}
