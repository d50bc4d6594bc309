import { writeSync } from "node:fs";
import type { Hooks, PluginOptions } from "../opencode/plugin-api.ts";
import { PRESENCE } from "../agent-role/presence.ts";
import { provideAgents } from "../host/agents/provide-agents.ts";

const STDERR = 2;

/** The plugin in an opencode that is asked which agents it has: it says that it is here, and adds its own. */
export function probePlugin(options: PluginOptions | undefined): Hooks {
  writeSync(STDERR, `${PRESENCE}\n`);
  return {
    async config(config) {
      if (options?.["provideAgents"] !== false) provideAgents(config);
    },
  };
}
