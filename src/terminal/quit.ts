import { createEffect, createMemo, createRoot } from "solid-js";
import { isAlive, type AgentNow } from "./agent-now.ts";
import { noteLeft } from "./left-agents.ts";
import type { World } from "./world.ts";

type Choice = "stay" | "end" | "finish";

/** Asks before opencode quits while it has agents at work, by whichever key or command. */
export function guardQuit(world: World): void {
  const { api } = world;
  createRoot((dispose) => {
    api.lifecycle.onDispose(dispose);
    const own = createMemo(() => world.agents().filter((agent) => isAlive(agent) && isOwn(agent)));
    const isNeeded = createMemo(() => own().length > 0);
    let off: (() => void) | undefined;
    const quit = () => {
      off?.();
      off = undefined;
      api.keymap.dispatchCommand("app.exit");
    };
    createEffect(() => {
      off?.();
      off = isNeeded() ? inPlaceOfExit(world, () => ask(world, own(), quit)) : undefined;
    });
  });
}

function isOwn({ record }: AgentNow): boolean {
  return record.supervisor.pid === process.pid;
}

/** opencode's own command of the name comes back once this one has gone. */
function inPlaceOfExit({ api }: World, run: () => void): () => void {
  const shown = { namespace: "palette", title: "Exit the app", category: "System" };
  const slash = { slashName: "exit", slashAliases: ["quit", "q"] };
  return api.keymap.registerLayer({ commands: [{ name: "app.exit", ...shown, ...slash, run }] });
}

function ask(world: World, agents: readonly AgentNow[], quit: () => void): void {
  const { ui } = world.api;
  // A server of several agents is this opencode's own, and ends with it.
  const canFinish = agents.every(({ record }) => record.backend === "process");
  const options: { title: string; value: Choice; description: string }[] = [
    { title: "Stay", value: "stay", description: "nothing changes" },
    { title: "End them and quit", value: "end", description: "with everything that they started" },
    ...(canFinish
      ? [{ title: "Let them finish and quit", value: "finish" as const, description: "the next start tells of them" }]
      : []),
  ];
  const title = agents.length === 1 ? "An agent is at work" : `${agents.length} agents are at work`;
  const onSelect = ({ value }: { readonly value: Choice }) => {
    ui.dialog.clear();
    const ids = agents.map(({ record }) => record.instanceId);
    if (value !== "stay") noteLeft(world, ids);
    if (value === "end") quit();
    else if (value === "finish") void letFinish(world, quit);
  };
  ui.dialog.replace(() => ui.DialogSelect({ title, options, onSelect }));
}

async function letFinish({ api, halves }: World, quit: () => void): Promise<void> {
  const answer = await halves.ask(api.state.path.directory, { kind: "finish" });
  if (answer.ok) quit();
  else api.ui.toast({ title: "Bizar", message: answer.error, variant: "error" });
}
