import type { Options } from "../config/options.ts";
import { startedAs } from "../opencode/started-as.ts";

const NO = new Set(["", "0", "false"]);

/** Whether the user is asked what an agent asks for: not where nobody can be there to answer. */
export function asksUser(
  { backgroundPermissions }: Pick<Options, "backgroundPermissions">,
  environment: NodeJS.ProcessEnv = process.env,
  started = startedAs(),
): boolean {
  if (backgroundPermissions !== null) return backgroundPermissions === "ask";
  return started !== "run" && NO.has((environment["CI"] ?? "").toLowerCase());
}
