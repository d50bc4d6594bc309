import type { Hooks } from "../opencode/plugin-api.ts";
import { AnsweredCommand } from "../opencode/command-answer.ts";
import { isOwn } from "../opencode/own-metadata.ts";
import type { ListedRecord } from "../store/record.ts";
import { plainName } from "../text/plain-name.ts";
import type { Given } from "../fleet/give-message.ts";
import type { Toast } from "../opencode/host-client.ts";

export interface AgentSessionsParts {
  /** The agent that works in a session at this moment, or is about to; `undefined` where none does. */
  readonly agentIn: (sessionId: string) => Promise<ListedRecord | undefined>;
  readonly give: (agent: ListedRecord, words: string) => Promise<Given>;
  /** Tells the user what became of what they wrote. */
  readonly tell: (toast: Toast) => void;
}

/**
 * Keeps a second process out of the session that an agent works in: both would write there, and its record would be
 * wrong. What the user writes there becomes a message to the agent.
 */
export function agentSessionHooks(parts: AgentSessionsParts): Required<Pick<Hooks, "chat.message">> {
  return {
    async "chat.message"({ sessionID }, { parts: written }) {
      const own: readonly { readonly type: string; readonly text?: string; readonly metadata?: unknown }[] = written;
      if (own.some(({ metadata }) => isOwn(metadata))) return;
      // Where records cannot be read no agent runs that is known of; what a user writes must get through.
      const agent = await parts.agentIn(sessionID).catch(() => undefined);
      if (agent === undefined) return;
      const name = plainName(agent.agent);
      const words = own
        .flatMap(({ type, text = "" }) => (type === "text" && text.trim() !== "" ? text : []))
        .join("\n\n");
      const isWords = words !== "" && own.every(({ type }) => type === "text");
      const given: Given = isWords
        ? await parts.give(agent, words)
        : { ok: false, error: "While it works it can be given words alone: no file, and no other agent." };
      const title = given.ok ? `A message to ${name}` : `${name} has not got it`;
      const message = given.ok ? "It works in this session: it reads this at its next step." : given.error;
      parts.tell({ title, message, variant: given.ok ? "info" : "warning" });
      // Nothing of it is kept in the session, and no turn of this process begins there.
      throw new AnsweredCommand(`${title}.`, {});
    },
  };
}
