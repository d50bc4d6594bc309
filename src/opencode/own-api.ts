import type { Api } from "./api.ts";
import type { PluginInput } from "./plugin-api.ts";

/** The opencode that the plugin is in. What asks it is loaded with the first request: each agent's start waits. */
export async function ownApi(client: () => PluginInput["client"]): Promise<Api> {
  const [{ Api }, { inProcess }] = await Promise.all([import("./api.ts"), import("./transport.ts")]);
  return new Api(inProcess(client));
}
