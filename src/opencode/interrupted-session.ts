import { isText, oneOf, shape } from "../lib/shape.ts";

const isInterrupt = shape({ sessionID: isText, error: shape({ name: oneOf("MessageAbortedError") }) });

/** The session whose turn the user has stopped; `undefined` of any other event. */
export function interruptedSession({ type, properties }: { type: string; properties: unknown }): string | undefined {
  return type === "session.error" && isInterrupt(properties) ? properties.sessionID : undefined;
}
