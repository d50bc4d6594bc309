import type { Config } from "@opencode-ai/plugin";
import { mimir } from "./mimir.ts";
import { odin } from "./odin.ts";
import type { ProvidedAgent } from "./provided-agent.ts";
import { thor } from "./thor.ts";

const PROVIDED: Readonly<Record<string, ProvidedAgent>> = { odin, mimir, thor };

/** Adds odin, mimir and thor to the configuration, unless an agent of that name is there. */
export function provideAgents(config: Config): void {
  config.agent ??= {};
  for (const [name, agent] of Object.entries(PROVIDED)) {
    config.agent[name] ??= configured(agent, (config as { permission?: unknown }).permission);
  }
}

type AgentConfig = NonNullable<NonNullable<Config["agent"]>[string]>;

function configured(agent: ProvidedAgent, userPermission: unknown): AgentConfig {
  const { description, mode, prompt, permission, neverAsks = false } = agent;
  if (permission === undefined) return { description, mode, prompt };
  return {
    description,
    mode,
    prompt,
    permission: { ...(neverAsks ? withoutAsking(userPermission) : {}), ...permission },
  };
}

/** The user's rules with every `ask` turned into `deny`; the rule for all first, since the last one that fits wins. */
function withoutAsking(permission: unknown): Record<string, unknown> {
  if (typeof permission === "string") return { "*": denyInsteadOfAsk(permission) };
  if (typeof permission !== "object" || permission === null) return {};
  const { "*": all, ...named } = denyInsteadOfAsk(permission) as Record<string, unknown>;
  return all === undefined ? named : { "*": all, ...named };
}

function denyInsteadOfAsk(rule: unknown): unknown {
  if (typeof rule !== "object" || rule === null) return rule === "ask" ? "deny" : rule;
  return Object.fromEntries(Object.entries(rule).map(([name, inner]) => [name, denyInsteadOfAsk(inner)]));
}
