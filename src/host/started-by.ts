import { MARKER_NAME } from "../processes/end-tree.ts";

/** What the bash commands of a session find in their environment: its id. A terminal that the user opens has none. */
export const SHELL_MARKER = "BIZAR_SHELL_OF";

/** Who started this opencode, in a sentence, where it was an agent and not the user. */
export function startedBy(environment: NodeJS.ProcessEnv): string | undefined {
  const agent = environment[MARKER_NAME];
  if (agent !== undefined) return `This opencode was started by the background agent ${agent}, not by the user.`;
  const session = environment[SHELL_MARKER];
  return session === undefined
    ? undefined
    : `This opencode was started by a command of the session ${session}, not by the user.`;
}
