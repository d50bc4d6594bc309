import type { InstanceCatalog } from "../../fleet/instance-catalog.ts";
import type { AgentBefore } from "./agent-out.ts";

/** The agents of a session that this opencode did not start, and whose end it has not been told of. */
export async function agentsBefore(
  catalog: Pick<InstanceCatalog, "list">,
  sessionId: string,
): Promise<readonly AgentBefore[]> {
  const all = await catalog.list();
  return all.flatMap(({ isOwn, record }) => {
    const { instanceId, agent, title, parent, status, endedAt, announcement } = record;
    const isUntold = endedAt === null || announcement?.state === "pending";
    if (isOwn || parent.sessionId !== sessionId || !isUntold) return [];
    return { instanceId, agent, title, ended: endedAt === null ? undefined : status };
  });
}
