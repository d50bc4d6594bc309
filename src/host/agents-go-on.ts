import type { Instance } from "../supervisor/instance.ts";
import type { Toast } from "../opencode/host-client.ts";

/** What the user has to know who stops a session while its agents work; `undefined` where none does. */
export function agentsGoOn(out: readonly Instance[]): Toast | undefined {
  if (out.length === 0) return undefined;
  const title = out.length === 1 ? "An agent goes on" : `${out.length} agents go on`;
  const message = "Its end will be a note, and wakes nobody. /bizar lists them, and ends them.";
  return { title, message: out.length === 1 ? message : message.replace("Its end", "Their ends"), variant: "info" };
}
