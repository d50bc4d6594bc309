import type { HostAgent } from "../opencode/answers.ts";
import { BASH, EDIT, READ, TASK } from "../opencode/tool-names.ts";

/** The permission that decides whether an agent has a tool, and what it can do with it. */
const OFFERS = [
  [TASK, "delegate a piece of research to a subagent with task"],
  [READ, "read a file or search for the one fact you miss"],
  [BASH, "run a command"],
  [EDIT, "make a change"],
] as const;

/** What an agent can do, in words, by the tools that opencode offers it. */
export function offersOf({ permission }: Pick<HostAgent, "permission">): readonly string[] {
  return OFFERS.flatMap(([tool, offer]) => {
    // A tool is left out where the last rule for it is a no to everything.
    const last = permission?.findLast((rule) => rule.permission === tool || rule.permission === "*");
    return last?.pattern === "*" && last.action === "deny" ? [] : [offer];
  });
}
