import * as z from "../lib/schema.ts";
import { isSaid } from "../opencode/whose-words.ts";

const count = z._default(z.number(), 0);
const tokens = z.object({
  input: count,
  output: count,
  reasoning: count,
  cache: z._default(z.object({ read: count, write: count }), { read: 0, write: 0 }),
});

const toolState = z.object({
  status: z.enum(["completed", "error"]),
  title: z.optional(z.string()),
  error: z.optional(z.string()),
  input: z.optional(z.record(z.string(), z.unknown())),
  time: z.optional(z.partial(z.object({ start: z.number(), end: z.number() }))),
});

const base = { timestamp: z.number(), sessionID: z.string() };
const inMessage = { messageID: z.optional(z.string()) };
const text = z.object({
  ...inMessage,
  text: z.string(),
  synthetic: z.optional(z.boolean()),
  ignored: z.optional(z.boolean()),
});

/** What `opencode run --format json` prints on stdout, one JSON object a line; nothing marks the end. */
const runEvent = z.discriminatedUnion("type", [
  z.object({ ...base, type: z.literal("step_start") }),
  z.object({ ...base, type: z.literal("text"), part: text }),
  z.object({ ...base, type: z.literal("reasoning"), part: text }),
  z.object({ ...base, type: z.literal("tool_use"), part: z.object({ tool: z.string(), state: toolState }) }),
  z.object({
    ...base,
    type: z.literal("step_finish"),
    part: z.object({ ...inMessage, reason: z.string(), tokens, cost: count }),
  }),
  z.object({
    ...base,
    type: z.literal("error"),
    error: z.object({
      name: z.string(),
      data: z.optional(z.partial(z.object({ message: z.string(), statusCode: z.number() }))),
    }),
  }),
]);

export type RunEvent = z.infer<typeof runEvent>;

/** The message that an event is of, where it says so. */
export function messageOf(event: RunEvent): string | undefined {
  return "part" in event && "messageID" in event.part ? event.part.messageID : undefined;
}

/** Whether an event of an agent's own message is something that it said: no part of the host's or a plugin's. */
export function isOwnText(event: RunEvent, isOwn = true): event is Extract<RunEvent, { type: "text" }> {
  return isOwn && event.type === "text" && isSaid({ type: "text", ...event.part });
}

/** The value as an event, or `undefined` when it is anything else. */
export function readRunEvent(value: unknown): RunEvent | undefined {
  return runEvent.safeParse(value).data;
}

/** Where an event begins on a line of stdout that is none from its start on; -1: nowhere. */
export function eventAt(line: string): number {
  return line.indexOf('{"type":"', 1);
}

/** The event on a line of stdout, or `undefined` when the line is anything else. */
export function parseRunEvent(line: string): RunEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return readRunEvent(JSON.parse(line));
  } catch {
    // Not JSON, or a line that was cut: it is logged as it is.
    return undefined;
  }
}
