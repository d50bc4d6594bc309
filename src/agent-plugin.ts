import type { Hooks, PluginInput, PluginOptions } from "@opencode-ai/plugin";
import { agentRoleHooks } from "./agent-role/agent-role.ts";
import { endSelf } from "./agent-role/end-self.ts";
import type { ProcessRole } from "./agent-role/role.ts";
import { provideAgents } from "./host/agents/provide-agents.ts";
import { liveInstances } from "./processes/live-instances.ts";

/** The plugin inside a background agent. It loads no library: each agent's start waits for it. */
export function agentPlugin(
  { kind, role }: Exclude<ProcessRole, { kind: "host" }>,
  input: PluginInput,
  options: PluginOptions | undefined,
  moduleUrl: string,
): Hooks {
  if (kind === "orphan") {
    void endSelf(role, async () => undefined);
    return {};
  }
  // The role has been taken: another copy of the plugin, found here as well, must not think itself in a host.
  liveInstances().set(role.instanceId, { directory: input.directory, moduleUrl });
  return agentRoleHooks({
    role,
    provideAgents: async (config) => {
      // Whatever else the option is, it means yes, as for the supervisor.
      if (options?.["provideAgents"] !== false) provideAgents(config);
    },
    abortSession: async (id) => await input.client.session.abort({ path: { id } }),
    writeStderr: (text) => void process.stderr.write(text),
  });
}
