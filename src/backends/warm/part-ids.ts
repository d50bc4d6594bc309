import { isText, oneOf, orAbsent, shape } from "../../lib/shape.ts";
import type { ServerEvent } from "./event-stream.ts";

const isCallUpdate = shape({
  part: shape({ type: oneOf("tool"), id: orAbsent(isText), messageID: isText, callID: isText }),
});

/**
 * Gives the part of a tool call that comes without an id the one that the call has had before, so that a call is counted
 * once however it is told.
 */
export function withPartIds(): (event: ServerEvent) => ServerEvent {
  const ids = new Map<string, string>();
  return (event) => {
    if (event.type !== "message.part.updated" || !isCallUpdate(event.properties)) return event;
    const { part } = event.properties;
    const call = `${part.messageID} ${part.callID}`;
    const id = ids.get(call) ?? part.id ?? call;
    ids.set(call, id);
    return id === part.id ? event : { ...event, properties: { ...event.properties, part: { ...part, id } } };
  };
}
