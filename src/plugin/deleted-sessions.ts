import { isText, shape } from "../shape.ts";
import { isTerminal } from "../supervisor/instance.ts";
import type { Outcome } from "../supervisor/outcome.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

const isOfSession = shape({ sessionID: isText });

/**
 * Ends the agents whose session, or whose parent's, the user has deleted: what they do from then on nobody can read.
 * opencode deletes the sessions below one with it, and tells of each (1.18.33).
 */
export function endOfDeletedSessions(
  supervisor: Pick<Supervisor, "views" | "stop">,
  { type, properties }: { readonly type: string; readonly properties: unknown },
): void {
  if (type !== "session.deleted" || !isOfSession(properties)) return;
  for (const { instance } of supervisor.views()) {
    const { instanceId, sessionId, parent } = instance;
    const error = wordsFor(properties.sessionID, sessionId, parent.sessionId);
    const goesOn = !isTerminal(instance) || instance.followUps.length > 0;
    if (error !== undefined && goesOn) void supervisor.stop(instanceId, failed(error));
  }
}

function wordsFor(deleted: string, own: string | null, parent: string): string | undefined {
  if (deleted === own) return `The agent was ended: its session was deleted (${own}).`;
  return deleted === parent ? `The agent was ended: its parent's session was deleted (${parent}).` : undefined;
}

function failed(error: string): Outcome {
  return { status: "failed", reason: "session_error", error };
}
