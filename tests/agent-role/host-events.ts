import { readHostEvent, type HostEvent } from "../../src/agent-role/host-event.ts";

/** The session of the agent itself, and that of a native subagent. */
export const OWN = "ses_own";
export const SUB = "ses_sub";

/** An event in the shape of opencode 1.18.33, with more in it than telemetry reads. */
function event(type: string, properties: Record<string, unknown>): HostEvent {
  const read = readHostEvent({ id: "evt_1", type, properties } as { type: string });
  if (read === undefined) throw new Error(`${type} was not understood.`);
  return read;
}

export function sessionCreated(sessionID: string): HostEvent {
  return event("session.created", { sessionID, info: { id: sessionID, version: "1.18.33", directory: "/project" } });
}

export function status(type: "busy" | "idle" | "retry", sessionID = OWN): HostEvent {
  const extra = type === "retry" ? { attempt: 1, message: "Too Many Requests", next: 1_795_218_703_645 } : {};
  return event("session.status", { sessionID, status: { type, ...extra } });
}

export function message(role: "user" | "assistant", agent: string, sessionID = OWN): HostEvent {
  return event("message.updated", { sessionID, info: { id: "msg_1", role, agent, time: { created: 1 } } });
}

/** A message of the own session that a test names; the summary of a compaction where it says so. */
export function named(id: string, role: "user" | "assistant", summary?: true): HostEvent {
  return event("message.updated", {
    sessionID: OWN,
    info: { id, role, agent: "mimir", summary, time: { created: 1 } },
  });
}

export function part(type: "text" | "reasoning" | "step-start", id: string, sessionID = OWN): HostEvent {
  return event("message.part.updated", { sessionID, part: { id, sessionID, messageID: "msg_1", type, text: "" } });
}

/** One token of text or reasoning: `field` says `text` for both. */
export function delta(partID: string, sessionID = OWN): HostEvent {
  return event("message.part.delta", { sessionID, messageID: "msg_1", partID, field: "text", delta: "a" });
}

export function tool(
  name: string,
  state: "pending" | "running" | "completed" | "error",
  id: string,
  sessionID = OWN,
  input: Record<string, unknown> = {},
): HostEvent {
  const part = { id, sessionID, messageID: "msg_1", type: "tool", callID: `call_${id}`, tool: name };
  return event("message.part.updated", { sessionID, part: { ...part, state: { status: state, input } } });
}

/** The end of a step that used 10 tokens in, 5 out, 1 for reasoning, 2 and 3 of the cache, for 0.25 dollars. */
export function stepFinish(id: string, sessionID = OWN): HostEvent {
  const tokens = { input: 10, output: 5, reasoning: 1, cache: { read: 2, write: 3 } };
  const part = { id, sessionID, messageID: "msg_1", type: "step-finish", reason: "stop", tokens, cost: 0.25 };
  return event("message.part.updated", { sessionID, part });
}
