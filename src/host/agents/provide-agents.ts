import type { Config } from "@opencode-ai/plugin";
import { mimir } from "./mimir.ts";
import { odin } from "./odin.ts";
import type { Permission, ProvidedAgent } from "./provided-agent.ts";
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
  const { description, mode, prompt, permission, keepsUnlessAsked = [] } = agent;
  const kept = keepsUnlessAsked.map((name) => [name, unlessAsked(userPermission, name)] as const);
  const rules = permission === undefined ? {} : { permission: { ...permission, ...Object.fromEntries(kept) } };
  return { description, mode, prompt, ...rules };
}

/** What the user allows stays allowed; what would ask, or is denied, is denied. */
function unlessAsked(userPermission: unknown, name: string): Permission {
  if (typeof userPermission === "string") return userPermission === "allow" ? "allow" : "deny";
  if (typeof userPermission !== "object" || userPermission === null) return "allow";
  const rule: unknown = Reflect.get(userPermission, name) ?? Reflect.get(userPermission, "*") ?? "allow";
  return rule === "allow" ? "allow" : "deny";
}
