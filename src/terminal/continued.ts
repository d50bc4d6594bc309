import { createEffect, createRoot } from "solid-js";
import type { AgentsWatch } from "./agents-watch.ts";
import type { World } from "./world.ts";

const CONTINUES = new Set(["-c", "--continue"]);
/** opencode's own stand-in until it knows its sessions. */
const NOT_YET = "dummy";

/**
 * `opencode --continue` opens the session that was written last, also where that is an agent's, whose process is no
 * child of any session: the user goes on in the session that sent it out.
 */
export function continueWithUser(world: Pick<World, "api" | "watch">, args: readonly string[]): void {
  if (!args.some((arg) => CONTINUES.has(arg))) return;
  const { api, watch } = world;
  createRoot((dispose) => {
    api.lifecycle.onDispose(dispose);
    createEffect(() => {
      const { current } = api.route;
      const records = watch()?.records;
      const opened = "params" in current ? current.params?.["sessionID"] : undefined;
      if (records === undefined || typeof opened !== "string" || opened === NOT_YET) return;
      // It is the first one; where the user goes from there is the user's.
      dispose();
      void toParent(world, records, opened);
    });
  });
}

async function toParent({ api }: Pick<World, "api">, records: AgentsWatch["records"], opened: string): Promise<void> {
  const agent = (await records.list()).find(({ sessionId }) => sessionId === opened);
  const { current } = api.route;
  const isThereYet = "params" in current && current.params?.["sessionID"] === opened;
  if (agent !== undefined && isThereYet) api.route.navigate("session", { sessionID: agent.parent.sessionId });
}
