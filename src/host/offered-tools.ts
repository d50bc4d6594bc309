import type { Hooks } from "../opencode/plugin-api.ts";
import { NewestMap } from "../lib/newest-map.ts";
import { isText, oneOf, shape } from "../lib/shape.ts";
import { ODIN } from "./agents/odin.ts";
import { namesPlan } from "../plans/named-plans.ts";
import { maySupervise } from "./may-supervise.ts";
import { BACKGROUND_TOOLS, PLAN_TOOLS } from "../text/own-tools.ts";

/** Of more sessions it is worked out anew from their messages. */
const MOST_SESSIONS = 1000;

const isUser = shape({ role: oneOf("user"), sessionID: isText, agent: isText });
const isTextPart = shape({ type: oneOf("text"), text: isText });
const isPlanCall = shape({ type: oneOf("tool"), tool: oneOf(...PLAN_TOOLS) });

export interface OfferedToolsParts {
  /** The agents that the tools for background agents are for; inside one there are none of these tools. */
  readonly supervisorAgents: readonly string[];
  /** Whether the user wants plans, or one is up for review for this session. Rejects when that cannot be read. */
  readonly wantsPlans: (sessionId: string) => Promise<boolean>;
  /** The slugs of the plans that there are. */
  readonly slugs: () => Promise<readonly string[]>;
}

/** What is for those alone who supervise or plan: a background agent does neither. */
export const MAIN_TOOLS: readonly string[] = [...BACKGROUND_TOOLS, ...PLAN_TOOLS];

export type Messages = Parameters<NonNullable<Hooks["experimental.chat.messages.transform"]>>[1]["messages"];

/**
 * Leaves out of each request what its agent has no use for: every tool costs tokens in every step. A message of the user
 * says which tools its turn has, and what is changed here holds for this one request and is not stored.
 */
export function offeredTools(parts: OfferedToolsParts): Required<Pick<Hooks, "experimental.chat.messages.transform">> {
  /** The sessions that had the tools for plans once: a tool that comes and goes costs the prompt cache. */
  const withPlans = new NewestMap<true>(MOST_SESSIONS);
  const hasPlans = async (sessionId: string, agent: string, messages: Messages): Promise<boolean> => {
    if (agent === ODIN || parts.supervisorAgents.includes(agent) || withPlans.has(sessionId)) return true;
    if (!usesPlans(messages)) {
      const isWanted = await parts.wantsPlans(sessionId).catch(() => true);
      if (!isWanted && !namesOne(messages, await parts.slugs().catch(() => []))) return false;
    }
    withPlans.set(sessionId, true);
    return true;
  };
  return {
    async "experimental.chat.messages.transform"(_input, { messages }) {
      const asked = messages.map(({ info }): unknown => info).findLast(isUser);
      if (asked === undefined) return;
      const { sessionID, agent } = asked;
      const hidden: string[] = maySupervise(parts, agent) ? [] : [...BACKGROUND_TOOLS];
      if (!(await hasPlans(sessionID, agent, messages))) hidden.push(...PLAN_TOOLS);
      leaveOut(messages, hidden);
    },
  };
}

/** Takes tools out of the one request that these messages are for. */
export function leaveOut(messages: Messages, hidden: readonly string[]): void {
  if (hidden.length === 0) return;
  const left = Object.fromEntries(hidden.map((tool) => [tool, false]));
  for (const { info } of messages) if (info.role === "user") info.tools = { ...info.tools, ...left };
}

function usesPlans(messages: Messages): boolean {
  return messages.some(({ parts }) => parts.some((part: unknown) => isPlanCall(part)));
}

/** Whether what was asked in a session names a plan, as a word of its own. */
function namesOne(messages: Messages, slugs: readonly string[]): boolean {
  if (slugs.length === 0) return false;
  const known = new Set(slugs);
  const asked = messages.filter(({ info }) => info.role === "user").flatMap(({ parts }) => parts as unknown[]);
  return asked.some((part) => isTextPart(part) && namesPlan(part.text, known));
}
