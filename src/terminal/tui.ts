import type { TuiPluginApi, TuiPluginModule } from "../opencode/terminal-api.ts";
import { useTerminalDimensions } from "@opentui/solid";
import { isDisabled } from "../config/is-disabled.ts";
import { AGENTS_ROUTE, agentsScreen } from "./agents-screen.ts";
import { continueWithUser } from "./continued.ts";
import { belowRow, linesView } from "./draw.ts";
import { homeHint } from "./home-hint.ts";
import { showAnswer } from "./command-answer.ts";
import { tellOfLeft } from "./left-agents.ts";
import { guardQuit } from "./quit.ts";
import { sidebarLines } from "./sidebar.ts";
import { statusLine } from "./status-line.ts";
import { createWorld, isHere, type World } from "./world.ts";

/** The terminal half of the package: what the user of opencode's terminal UI sees of the agents, and does with them. */
const terminal: TuiPluginModule = {
  id: "bizar",
  async tui(api) {
    if (isDisabled(process.env) || process.platform === "win32") return;
    const world = createWorld(api, (answer) => showAnswer(api, answer));
    const theme = () => api.theme.current;
    const hint = homeHint(api);
    api.slots.register({
      slots: {
        // The host draws the keys of its prompt over the first row.
        home_bottom: () => belowRow(linesView(theme, hint)),
        sidebar_content: (_context, { session_id }) =>
          linesView(theme, () =>
            sidebarLines({ agents: world.agents(), tasks: world.tasks() }, session_id, world.now()),
          ),
        app_bottom() {
          const size = useTerminalDimensions();
          return linesView(theme, () => {
            const agents = world.agents().filter((agent) => isHere(world, agent));
            const line = statusLine({ agents, plans: world.plans() }, world.now(), size().width);
            return line === undefined ? [] : [line];
          });
        },
      },
    });
    registerScreen(api, world);
    guardQuit(world);
    tellOfLeft(world);
    continueWithUser(world, process.argv);
  },
};

/** The screen of agents, and the key, the slash command and the entry of the palette that open it. */
function registerScreen(api: TuiPluginApi, world: World): void {
  let before = api.route.current;
  const leave = () => api.route.navigate(before.name, "params" in before ? before.params : undefined);
  api.route.register([
    {
      name: AGENTS_ROUTE,
      render: ({ params }) => {
        const open = params?.["open"];
        return agentsScreen(world, leave, typeof open === "string" ? open : undefined);
      },
    },
  ]);
  api.keymap.registerLayer({
    commands: [
      {
        namespace: "palette",
        name: "bizar.agents",
        title: "Agents at work",
        desc: "Bizar's background agents: what each does, its log, and what you can do about it",
        category: "Bizar",
        slashName: "watch",
        run() {
          if (api.route.current.name === AGENTS_ROUTE) return leave();
          before = api.route.current;
          api.route.navigate(AGENTS_ROUTE);
        },
      },
    ],
    bindings: [{ key: "f6", cmd: "bizar.agents" }],
  });
}

export default terminal;
