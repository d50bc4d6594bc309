import { endTreeNow } from "../processes/end-tree.ts";
import type { AgentRole } from "./role.ts";

const ABORT_LIMIT_MS = 1500;

/**
 * Ends this agent and everything it started, because nobody is left who could collect its result. The turn is aborted
 * first, so that its session says so and can be continued; what is left after that is ended by force.
 *
 * @param abort stops the session's turn; may hang or reject
 */
export async function endSelf(role: AgentRole, abort: () => Promise<unknown>): Promise<never> {
  const limit = new Promise((resolve) => setTimeout(resolve, ABORT_LIMIT_MS));
  // opencode leaves the process by itself once its turn is aborted: what the agent started goes first.
  endTreeNow({ marker: role.instanceId });
  await Promise.race([abort().catch(() => undefined), limit]);
  endTreeNow({ marker: role.instanceId });
  process.kill(process.pid, "SIGKILL");
  return await new Promise<never>(() => undefined);
}
