import { isText, oneOf, shape } from "../lib/shape.ts";

const isToolEnd = shape({
  part: shape({ type: oneOf("tool"), callID: isText, state: shape({ status: oneOf("completed", "error") }) }),
});

/** The tool call that an event reports the end of; `undefined` for every other event. */
export function endedCall({ type, properties }: { type: string; properties?: unknown }): string | undefined {
  return type === "message.part.updated" && isToolEnd(properties) ? properties.part.callID : undefined;
}
