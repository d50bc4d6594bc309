import type { TuiPluginModule } from "@opencode-ai/plugin/tui";
import { useTerminalDimensions } from "@opentui/solid";
import { isDisabled } from "../config/is-disabled.ts";
import { belowRow, linesView } from "./draw.ts";
import { homeHint } from "./home-hint.ts";
import { statusLine } from "./status-line.ts";
import { createWorld, isHere } from "./world.ts";

/** The terminal half of the package: what the user of opencode's terminal UI sees of the agents, and does with them. */
const terminal: TuiPluginModule = {
  id: "bizar",
  async tui(api) {
    if (isDisabled(process.env) || process.platform === "win32") return;
    const world = createWorld(api, () => undefined);
    const hint = homeHint(api);
    api.slots.register({
      slots: {
        // The host draws the keys of its prompt over the first row.
        home_bottom: () => belowRow(linesView(() => api.theme.current, hint)),
        app_bottom() {
          const size = useTerminalDimensions();
          return linesView(
            () => api.theme.current,
            () => {
              const agents = world.agents().filter((agent) => isHere(world, agent));
              const line = statusLine({ agents, plans: world.plans() }, world.now(), size().width);
              return line === undefined ? [] : [line];
            },
          );
        },
      },
    });
  },
};

export default terminal;
