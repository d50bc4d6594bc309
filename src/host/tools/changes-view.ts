import type { InstanceRecord } from "../../store/record.ts";
import type { Workspace } from "../../workspace/workspace.ts";

/** What is in an agent's own folder, for an answer: only what there is. */
export async function changesView(
  workspace: Pick<Workspace, "judge">,
  { instanceId, folder, endedAt, changes }: InstanceRecord,
): Promise<Record<string, unknown>> {
  if (folder === null || endedAt === null) return {};
  const found = await workspace.judge(instanceId);
  if (!found.ok) return { ...(changes === null ? {} : { changes }), changesError: found.error };
  if (found.value === null) return { changes: "none" };
  const { state, changes: now } = found.value;
  if (state.status === "open" && now !== undefined) return { changes: now };
  return { changes: state.status === "applied" || state.status === "discarded" ? state.status : "none" };
}
