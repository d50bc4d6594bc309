import type { Config } from "../../opencode/plugin-api.ts";
import { mimir } from "./mimir.ts";
import { ODIN, odin } from "./odin.ts";
import type { ProvidedAgent } from "./provided-agent.ts";
import { thor } from "./thor.ts";
import { QUESTION } from "../../opencode/tool-names.ts";

const PROVIDED: Readonly<Record<string, ProvidedAgent>> = { [ODIN]: odin, mimir, thor };

/**
 * Adds odin, mimir and thor to the configuration, unless an agent of that name is there.
 *
 * @returns the names of those that were added
 */
export function provideAgents(config: Config): readonly string[] {
  const agents = (config.agent ??= {});
  const added = Object.entries(PROVIDED).filter(([name]) => agents[name] === undefined);
  for (const [name, agent] of added) {
    agents[name] = configured(agent, (config as { permission?: unknown }).permission);
  }
  return added.map(([name]) => name);
}

type AgentConfig = NonNullable<NonNullable<Config["agent"]>[string]>;

function configured(agent: ProvidedAgent, userPermission: unknown): AgentConfig {
  const { description, mode, prompt, permission, mayAskUser = false, addsToBase = false } = agent;
  const said = { description, mode, ...(addsToBase ? {} : { prompt }) };
  // opencode lets its own main agents alone ask.
  if (mayAskUser && !decidesQuestions(userPermission))
    return { ...said, permission: { [QUESTION]: "allow" } as object };
  return permission === undefined ? said : { ...said, permission };
}

/** Whether the user's rules say who may put questions to the user. */
function decidesQuestions(permission: unknown): boolean {
  if (typeof permission !== "object" || permission === null) return permission === "deny";
  return Reflect.get(permission, QUESTION) !== undefined || Reflect.get(permission, "*") === "deny";
}
