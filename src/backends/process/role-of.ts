import type { AgentRole } from "../../agent-role/role.ts";
import type { TurnRequest } from "../../supervisor/ports.ts";
import type { AnswerPort } from "../answer-port.ts";

type Parts = Pick<AgentRole, "onExit" | "skipPermissions" | "guard" | "worktreeDir"> & {
  readonly identity: AgentRole["supervisor"];
  readonly answers: Pick<AnswerPort, "asks" | "waitMs">;
};

/** What the plugin inside a child is told. */
export function roleOf(
  { instanceId, agent, sessionId, kind, allowed }: TurnRequest,
  { identity, onExit, skipPermissions, answers, guard, worktreeDir }: Parts,
  { nonce, modelsPath, launched }: Pick<AgentRole, "nonce" | "modelsPath" | "launched">,
): AgentRole {
  const supervisor = { pid: identity.pid, startTime: identity.startTime };
  const { asks, waitMs: permissionWaitMs } = answers;
  return {
    ...{ instanceId, nonce, agent, sessionId, supervisor, turn: kind, skipPermissions, allowed, guard, worktreeDir },
    // Answers are files of the state folder, which is another one where files are copied.
    ...{ asks: asks && launched !== "git", permissionWaitMs },
    // Whoever works on there alone is found by nobody.
    onExit: launched === undefined ? onExit : "kill",
    // The list is in the state folder as well.
    ...(launched === "git" ? {} : { modelsPath }),
    ...(launched === undefined ? {} : { launched }),
  };
}
