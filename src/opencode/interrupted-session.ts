import { isText, oneOf, shape } from "../lib/shape.ts";
import type { OpencodeEvent } from "./session-events.ts";

const isInterrupt = shape({ sessionID: isText, error: shape({ name: oneOf("MessageAbortedError") }) });

/** The session whose turn the user has stopped; `undefined` of any other event. */
export function interruptedSession({ type, properties }: OpencodeEvent): string | undefined {
  return type === "session.error" && isInterrupt(properties) ? properties.sessionID : undefined;
}
