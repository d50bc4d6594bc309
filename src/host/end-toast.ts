import type { BaseClock } from "../lib/clock.ts";
import type { Instance } from "../supervisor/instance.ts";
import type { EndNotifier } from "../supervisor/ports.ts";
import type { HostClient, Toast } from "../opencode/host-client.ts";
import { plainName } from "../text/plain-name.ts";

const VARIANTS: Readonly<Record<string, Toast["variant"]>> = {
  done: "success",
  failed: "error",
  killed: "info",
  timed_out: "warning",
};

/** The session that asked is told first: a request to the host takes its one thread for milliseconds. */
const AFTER_MS = 250;

/** Shows the user that an agent has ended. */
export function endToast(host: Pick<HostClient, "toast">, clock: Pick<BaseClock, "after">): EndNotifier {
  return {
    ended({ agent, title, state }: Instance) {
      const reason =
        "reason" in state && state.reason !== null && state.reason !== state.status ? ` (${state.reason})` : "";
      const toast = {
        title: `${plainName(agent)}: ${state.status}${reason}`,
        message: title,
        variant: VARIANTS[state.status] ?? "info",
      };
      // Under `opencode run` and `serve` there is no terminal UI that could show it.
      clock.after(AFTER_MS, () => void host.toast(toast).catch(() => undefined));
    },
  };
}
