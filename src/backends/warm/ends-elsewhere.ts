import type { TurnEnd } from "../../supervisor/ports.ts";
import type { WarmSession } from "./warm-session.ts";

/** The end of a turn with which a server elsewhere does not go on: one that was started anew does nothing by itself. */
export function cutShort({ evidence }: WarmSession, on: string | undefined, sessionId: string | null): TurnEnd {
  const { permissionRejected: _, ...seen } = evidence.conclude({ kind: "broken_off" });
  const sessionError =
    `${on} was started anew, or ended the turn, while it could not be reached. What the agent did until then is in ` +
    `session ${sessionId}; a message to it goes on there.`;
  return { evidence: { ...seen, sessionError, trouble: "died" }, textIncomplete: false };
}

/** The end of a turn of which nobody here hears any more. */
export function lineLost({ evidence }: WarmSession, why: string, sessionId: string | null): TurnEnd {
  const words = `${why} It may go on there, session ${sessionId}: a message to it takes that up.`;
  return { evidence: evidence.conclude({ kind: "connection_lost", why: words }), textIncomplete: false };
}
