import type { Config, Hooks } from "../../opencode/plugin-api.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import { isText, oneOf, shape } from "../../lib/shape.ts";
import { plainName } from "../../text/plain-name.ts";
import { isSideRequest } from "../side-request.ts";
import { shorten } from "../../text/shorten.ts";
import { ODIN, odin } from "./odin.ts";
import { provideAgents } from "./provide-agents.ts";

/** Of more sessions it is known again at their next step. */
const MOST_SESSIONS = 1000;
const MOST_NAMED = 20;
const DESCRIPTION_CHARACTERS = 120;

const isUser = shape({ role: oneOf("user"), sessionID: isText, agent: isText });

type OdinHooks = Required<
  Pick<Hooks, "config" | "experimental.chat.messages.transform" | "experimental.chat.system.transform">
>;

/**
 * Provides the agents, and tells Odin in each of its steps who it is and whom it can send out.
 *
 * @param provides whether the plugin is to bring its agents
 */
export function odinHooks(provides: boolean): OdinHooks {
  /** Who speaks in a session: the request for its next step comes with the session alone. */
  const speaking = new NewestMap<string>(MOST_SESSIONS);
  let text: string | undefined;
  return {
    async config(config) {
      text = provides && provideAgents(config).includes(ODIN) ? odinText(config) : undefined;
    },
    async "experimental.chat.messages.transform"(_input, { messages }) {
      const asked = messages.map(({ info }): unknown => info).findLast(isUser);
      if (asked !== undefined) speaking.set(asked.sessionID, asked.agent);
    },
    async "experimental.chat.system.transform"({ sessionID }, { system }) {
      if (text === undefined || sessionID === undefined || isSideRequest(system)) return;
      if (speaking.get(sessionID) === ODIN) system.push(text);
    },
  };
}

function odinText(config: Config): string {
  const agents = Object.entries(config.agent ?? {}).flatMap(([name, agent]) => {
    const { description, disable, hidden }: { description?: unknown; disable?: unknown; hidden?: unknown } =
      agent ?? {};
    if (name === ODIN || disable === true || hidden === true || typeof description !== "string") return [];
    // What others have written is quoted: it is told, and gives no orders.
    return [`${plainName(name)} ${JSON.stringify(shorten(description, DESCRIPTION_CHARACTERS))}`];
  });
  const more = agents.length > MOST_NAMED ? ` and ${agents.length - MOST_NAMED} more` : "";
  const named = `Agents to spawn: ${agents.slice(0, MOST_NAMED).join(", ")}${more}.`;
  return agents.length === 0 ? odin.prompt : `${odin.prompt}\n\n${named}`;
}
