import {
  isAnything,
  isNumber,
  isText,
  listOf,
  oneOf,
  orAbsent,
  shape,
  type Check,
  type Checked,
} from "../lib/shape.ts";

const tokens = shape({
  input: isNumber,
  output: isNumber,
  reasoning: isNumber,
  cache: shape({ read: isNumber, write: isNumber }),
});

const state = shape({
  status: oneOf("pending", "running", "completed", "error"),
  error: orAbsent(isText),
  input: isAnything,
});

const partChecks = {
  text: shape({ type: oneOf("text"), id: isText }),
  reasoning: shape({ type: oneOf("reasoning"), id: isText }),
  tool: shape({ type: oneOf("tool"), id: isText, callID: orAbsent(isText), tool: isText, state }),
  "step-start": shape({ type: oneOf("step-start"), id: isText }),
  "step-finish": shape({ type: oneOf("step-finish"), id: isText, tokens, cost: isNumber }),
};

const isMessage = shape({
  id: orAbsent(isText),
  role: isText,
  summary: isAnything,
  agent: orAbsent(isText),
  finish: orAbsent(isText),
  time: orAbsent(shape({ completed: orAbsent(isNumber) })),
});

/** A message, as far as telemetry reads it. */
export type HostMessage = Checked<typeof isMessage>;

/** A part of a message that telemetry understands. */
export type HostPart = Checked<(typeof partChecks)[keyof typeof partChecks]>;

const isPart: Check<HostPart> = (value): value is HostPart => Object.values(partChecks).some((check) => check(value));

/** The events of opencode that telemetry reads; their properties, as far as it reads them. */
const eventChecks = {
  "session.created": shape({ sessionID: isText }),
  "session.status": shape({
    sessionID: isText,
    status: shape({ type: isText, next: orAbsent(isNumber), message: orAbsent(isText) }),
  }),
  "message.updated": shape({ sessionID: isText, info: isMessage }),
  "message.part.updated": shape({ sessionID: isText, part: isPart }),
  "permission.asked": shape({
    sessionID: isText,
    permission: isText,
    patterns: listOf(isText),
    tool: orAbsent(shape({ callID: isText })),
  }),
  "message.part.delta": shape({ sessionID: isText, partID: isText, delta: orAbsent(isText) }),
};

type EventChecks = typeof eventChecks;

/** An event that telemetry understands. */
export type HostEvent = {
  readonly [Type in keyof EventChecks]: { readonly type: Type; readonly properties: Checked<EventChecks[Type]> };
}[keyof EventChecks];

/** The event as telemetry reads it, or `undefined` for every other one. */
export function readHostEvent(event: { type: string }): HostEvent | undefined {
  return isHostEvent(event) ? event : undefined;
}

function isHostEvent(event: { type: string; properties?: unknown }): event is HostEvent {
  return Object.hasOwn(eventChecks, event.type) && eventChecks[event.type as keyof EventChecks](event.properties);
}
