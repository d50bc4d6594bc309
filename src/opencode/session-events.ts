import { isText, orAbsent, orNull, shape } from "../lib/shape.ts";

/** An event, as a hook or the stream of a server gives it. The types of opencode's packages lag behind what it sends. */
export interface OpencodeEvent {
  readonly type: string;
  readonly properties?: unknown;
}

const isOfSession = shape({ sessionID: isText });
const hasStatus = shape({ status: shape({ type: isText }) });
const isBelow = shape({ sessionID: isText, info: shape({ parentID: orAbsent(orNull(isText)) }) });

/** The session that an event is about, where it is about one. */
export function sessionOf({ properties }: OpencodeEvent): string | undefined {
  return isOfSession(properties) ? properties.sessionID : undefined;
}

/**
 * What an event tells of a whole session: its turn runs, waiting for its provider included, or it has come to its end, or
 * the session is gone, with all that are below it. An end is told twice (1.18.33).
 */
export function sessionChange(
  event: OpencodeEvent,
): { readonly sessionId: string; readonly to: "busy" | "idle" | "deleted" } | undefined {
  const sessionId = sessionOf(event);
  if (sessionId === undefined) return undefined;
  if (event.type === "session.idle") return { sessionId, to: "idle" };
  if (event.type === "session.deleted") return { sessionId, to: "deleted" };
  if (event.type !== "session.status" || !hasStatus(event.properties)) return undefined;
  return { sessionId, to: event.properties.status.type === "idle" ? "idle" : "busy" };
}

/** The session that an event tells the beginning of, and the one whose native subagent works in it. */
export function begunBelow({
  type,
  properties,
}: OpencodeEvent): { readonly sessionId: string; readonly parentId: string } | undefined {
  if (type !== "session.created" || !isBelow(properties) || !properties.info.parentID) return undefined;
  return { sessionId: properties.sessionID, parentId: properties.info.parentID };
}
