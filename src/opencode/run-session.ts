import type { HostSession } from "./answers.ts";
import { PLAN_MODE, QUESTION } from "./tool-names.ts";

/** What nobody could answer under `opencode run`: it denies it from the start (1.18.33). */
const DENIED = [QUESTION, ...PLAN_MODE];

/** The rules with which `opencode run` makes a session. */
export function runRules(): { permission: string; pattern: string; action: "deny" }[] {
  return DENIED.map((permission) => ({ permission, pattern: "*", action: "deny" }));
}

/** Whether an `opencode run` of a user made this session. */
export function isOfRun({ parentID, title, permission: rules }: HostSession): boolean {
  if (parentID || title?.startsWith("bgr:")) return false;
  const denied = (rules ?? []).flatMap(({ permission, pattern, action }) =>
    pattern === "*" && action === "deny" ? permission : [],
  );
  return DENIED.every((permission) => denied.includes(permission));
}
