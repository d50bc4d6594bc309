import type { Config } from "../opencode/plugin-api.ts";
import { DOOM_LOOP } from "../opencode/tool-names.ts";

/**
 * Makes the asked agent run as asked: `opencode run` refuses a subagent and runs the default agent instead, and its
 * own `doom_loop` question, which nobody can answer here, ends a run. Its prompt, model and permissions stay.
 */
export function adaptChildConfig(config: Config, agent: string): void {
  config.agent ??= {};
  const asked = (config.agent[agent] ??= {});
  asked.mode = "all";
  allowDoomLoop(config);
  allowDoomLoop(asked);
  goOnAfterRefusals(config);
}

/** How deep native subagents may nest where the configuration does not say. */
const SUBAGENT_DEPTH = 1;

/**
 * As {@link adaptChildConfig} for the server of all agents, which runs any agent as asked anyway. Their sessions are
 * below the caller's: what subagents an agent may have is counted from there.
 */
export function adaptServerConfig(config: Config & { subagent_depth?: unknown }): void {
  const depth = config.subagent_depth;
  config.subagent_depth = (typeof depth === "number" ? depth : SUBAGENT_DEPTH) + 1;
  allowDoomLoop(config);
  goOnAfterRefusals(config);
  for (const agent of Object.values(config.agent ?? {})) if (agent !== undefined) allowDoomLoop(agent);
}

/**
 * An agent goes on after a refusal, also where `opencode run` answers before the plugin, without a word, or where its
 * question to the user is dismissed: either ends a turn otherwise.
 */
function goOnAfterRefusals(config: { experimental?: object }): void {
  config.experimental = { ...config.experimental, continue_loop_on_deny: true };
}

function allowDoomLoop(holder: { permission?: unknown }): void {
  const { permission } = holder;
  // One word for everything: an object with a rule for all, so that this one question gets its own answer.
  const rules = typeof permission === "string" ? { "*": permission } : permission;
  const { [DOOM_LOOP]: _, ...others } = (rules ?? {}) as Record<string, unknown>;
  // The last rule that fits wins: this one goes behind a rule for everything.
  holder.permission = { ...others, [DOOM_LOOP]: "allow" };
}
