import type { CatalogEntry } from "./instance-catalog.ts";
import type { Fleet } from "./fleet.ts";
import { withLimit } from "../lib/with-limit.ts";

/** What another opencode may take beyond the grace: the end of the tree, the last write. */
const END_LIMIT_MS = 5000;

/** What came of ending an agent: its record as it is then, and in words why it has not ended, where it has not. */
export interface EndedInstance {
  readonly entry: CatalogEntry;
  readonly why?: string;
}

/**
 * Ends an agent, whoever runs it. Settles when nothing of it runs any more; `undefined` when there is no such agent.
 *
 * @param isUsers whether the user has asked for it: then no model is woken by it
 */
export async function endInstance(
  { catalog, supervisor, askOwner }: Fleet,
  id: string,
  killGraceMs: number,
  abort: AbortSignal,
  isUsers = false,
): Promise<EndedInstance | undefined> {
  const before = await catalog.find(id);
  if (before === undefined) return undefined;
  if (before.isOwn) {
    await supervisor.stop(id, {
      status: "killed",
      reason: "killed",
      error: "Killed on request.",
      ...(isUsers && { isUsers }),
    });
  } else if (before.record.endedAt === null) {
    const answered = await askOwner(id, { kind: "kill", ...(isUsers && { isUsers }) });
    const isOnItsWay = answered.ok || answered.reason === "ended" || answered.reason === "unfinished";
    if (!isOnItsWay) return { entry: before, why: answered.error };
    await withLimit(abort, killGraceMs + END_LIMIT_MS, async (signal) => await catalog.whenEnded(id, signal));
  }
  const entry = (await catalog.find(id)) ?? before;
  return entry.record.endedAt === null ? { entry, why: "It is being ended; look again in a moment." } : { entry };
}
