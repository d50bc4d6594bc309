import { bizar } from "./src/plugin/plugin.ts";

/** The plugin as opencode loads it: list `opencode-bizar` under `plugin` in `opencode.json`. */
const plugin = { id: "opencode-bizar", server: bizar };

export default plugin;
