import type { Plugin } from "../opencode/plugin-api.ts";
import { takeProcessRole } from "../agent-role/role.ts";
import { isDisabled } from "../config/is-disabled.ts";
import { startedAs } from "../opencode/started-as.ts";
import { unreachable } from "../lib/unreachable.ts";

/** Read at load, once: what the plugin starts must not inherit the role. */
const processRole = takeProcessRole();

/** Well within the 5 seconds after which nothing of a lost agent may be left. */
const SUPERVISOR_CHECK_MS = 500;

/**
 * The Bizar plugin: background agents for opencode. Each process loads only the half that its role needs, since
 * opencode waits for the plugin at its start, and each agent of the process backend is such a start.
 */
export const bizar: Plugin = createPlugin();

/** The plugin with this long between two looks whether a background agent's supervisor is still there. */
export function createPlugin(supervisorCheckMs = SUPERVISOR_CHECK_MS): Plugin {
  return async (input, options) => {
    if (isDisabled(process.env)) return {};
    const parts = { input, options, moduleUrl: import.meta.url, supervisorCheckMs };
    switch (processRole.kind) {
      case "host": {
        const { hostPlugin } = await import("./host-plugin.ts");
        // Where others reach this opencode, hosts of other machines may have agents in it.
        const lends = startedAs() === "server" ? (await import("./lent-agents.ts")).lentAgents : undefined;
        return hostPlugin(input, options, import.meta.url, lends);
      }
      case "agent": {
        const { agentPlugin } = await import("./agent-plugin.ts");
        return agentPlugin(processRole.role, { ...parts, shell: processRole.shell });
      }
      case "probe": {
        const { probePlugin } = await import("./probe-plugin.ts");
        return probePlugin(options);
      }
      case "server": {
        const { serverPlugin } = await import("./server-plugin.ts");
        return serverPlugin(processRole.role, parts);
      }
      case "orphan": {
        const { endOrphan } = await import("../agent-role/end-orphan.ts");
        endOrphan(processRole.role, processRole.why);
        return {};
      }
      default:
        return unreachable(processRole);
    }
  };
}
