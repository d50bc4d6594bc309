import { z } from "zod";

const tokenCounts = z.object({
  input: z.number(),
  output: z.number(),
  reasoning: z.number(),
  cache: z.object({ read: z.number(), write: z.number() }),
});

const toolState = z.object({ status: z.enum(["pending", "running", "completed", "error"]) });

const part = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), id: z.string() }),
  z.object({ type: z.literal("reasoning"), id: z.string() }),
  z.object({ type: z.literal("tool"), id: z.string(), tool: z.string(), state: toolState }),
  z.object({ type: z.literal("step-start"), id: z.string() }),
  z.object({ type: z.literal("step-finish"), id: z.string(), tokens: tokenCounts, cost: z.number() }),
]);

const sessionID = z.string();

/** The events of opencode 1.18.33 that telemetry reads; their shapes, as far as it reads them. */
const hostEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("session.created"), properties: z.object({ sessionID }) }),
  z.object({
    type: z.literal("session.status"),
    properties: z.object({ sessionID, status: z.object({ type: z.string() }) }),
  }),
  z.object({
    type: z.literal("message.updated"),
    properties: z.object({ sessionID, info: z.object({ role: z.string(), agent: z.string().optional() }) }),
  }),
  z.object({ type: z.literal("message.part.updated"), properties: z.object({ sessionID, part }) }),
  z.object({ type: z.literal("message.part.delta"), properties: z.object({ sessionID, partID: z.string() }) }),
]);

/** An event that telemetry understands. */
export type HostEvent = z.infer<typeof hostEvent>;
export type HostPart = z.infer<typeof part>;

const KNOWN_TYPES = new Set<string>(hostEvent.options.map((option) => option.shape.type.value));

/** The event as telemetry reads it, or `undefined` for every other one. */
export function readHostEvent(event: { type: string }): HostEvent | undefined {
  // Most events are none of ours: the parse is saved for those that are.
  return KNOWN_TYPES.has(event.type) ? hostEvent.safeParse(event).data : undefined;
}
