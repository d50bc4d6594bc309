import { appendFileSync } from "node:fs";
import type { Plugin } from "@opencode-ai/plugin";

/** A plugin that loads the real one and notes how long that took, in milliseconds, a line for each start. */
const server: Plugin = async (input, options = {}) => {
  const start = performance.now();
  const { default: plugin } = (await import(String(options["plugin"]))) as { default: { server: Plugin } };
  const hooks = await plugin.server(input, {});
  appendFileSync(String(options["times"]), `${performance.now() - start}\n`);
  return hooks;
};

export default { id: "timed-plugin", server };
