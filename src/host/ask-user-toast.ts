import type { AskUser } from "../supervisor/supervisor-parts.ts";
import type { HostClient } from "../opencode/host-client.ts";
import { plainName } from "../text/plain-name.ts";
import { plainLine } from "../text/plain-text.ts";

const WHAT_CHARACTERS = 120;
/** So many of the last characters of an id tell one agent from the others. */
const ID_CHARACTERS = 6;

/** Shows the user that an agent asks them something, and how to answer. */
export function askUserToast(host: Pick<HostClient, "toast">): AskUser {
  return ({ agent, instanceId }, { kind, what }) => {
    const id = instanceId.slice(-ID_CHARACTERS);
    const how =
      kind === "question" ? `/bizar answer ${id} …` : `/bizar allow ${id} [always], or /bizar deny ${id} [why]`;
    const title = `${plainName(agent)} asks${kind === "question" ? "" : " for a permission"}`;
    const toast = { title, message: `${plainLine(what, WHAT_CHARACTERS)}\n${how}`, variant: "warning" } as const;
    // Under `opencode run` and `serve` there is no terminal UI that could show it.
    host.toast(toast).catch(() => undefined);
  };
}
