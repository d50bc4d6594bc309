import type { Supervisor } from "../../supervisor/supervisor.ts";
import { orAborted } from "../../lib/when-aborted.ts";
import { withLimit } from "../../lib/with-limit.ts";

/** How long an answer waits for the session id before it says "pending". */
const IDENTIFY_LIMIT_MS = 10_000;

/** Waits until the session of an agent is known, unless the agent has to wait for a place first. */
export async function whenIdentified(supervisor: Supervisor, instanceId: string, abort: AbortSignal): Promise<void> {
  if (supervisor.view(instanceId)?.instance.state.status === "queued") return;
  const identified = supervisor.whenIdentified(instanceId);
  await withLimit(abort, IDENTIFY_LIMIT_MS, async (signal) => await orAborted(identified, signal));
}
