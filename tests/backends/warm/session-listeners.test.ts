import { expect, test } from "bun:test";
import type { ServerEvent } from "../../../src/backends/warm/event-stream.ts";
import { SessionListeners } from "../../../src/backends/warm/session-listeners.ts";

function listening(...sessionIds: string[]) {
  const listeners = new SessionListeners();
  const seen: string[] = [];
  const leave = sessionIds.map((own) =>
    listeners.add(own, {
      event: ({ type, properties }) => void seen.push(`${own}: ${type} of ${sessionOf(properties)}`),
      report: ({ text }) => void seen.push(`${own}: ${text}`),
      ...{ gap() {}, heartbeat() {}, died() {}, away() {}, lost() {} },
    }),
  );
  return { listeners, seen, leave };
}

function sessionOf(properties: unknown): string {
  return (properties as { sessionID: string }).sessionID;
}

function event(type: string, sessionID: string, more: object = {}): ServerEvent {
  return { type, properties: { sessionID, ...more } };
}

const created = (id: string, parentID: string) => event("session.created", id, { info: { parentID } });

test("events go to the turn of their session, and those of its native subagents as well; all others to nobody", () => {
  const { listeners, seen } = listening("ses_a", "ses_b");
  listeners.event(created("ses_a1", "ses_a"));
  listeners.event(created("ses_a2", "ses_a1"));
  listeners.event(created("ses_c1", "ses_c"));
  for (const id of ["ses_b", "ses_a2", "ses_c1", "ses_unknown"]) listeners.event(event("session.idle", id));
  listeners.report({ session: "ses_a2", text: "repeated" });
  expect(seen).toEqual([
    "ses_a: session.created of ses_a1",
    "ses_a: session.created of ses_a2",
    "ses_b: session.idle of ses_b",
    "ses_a: session.idle of ses_a2",
    "ses_a: repeated",
  ]);
});

test("an agent that was asked for in another agent's session is no subagent of that", () => {
  const { listeners, seen } = listening("ses_a", "ses_b");
  listeners.adopt("ses_b", "ses_a");
  listeners.event(event("session.idle", "ses_b"));
  expect(seen).toEqual(["ses_b: session.idle of ses_b"]);
});

test("after its turn nothing of a session is told any more", () => {
  const { listeners, seen, leave } = listening("ses_a");
  listeners.adopt("ses_a1", "ses_a");
  leave[0]?.();
  for (const id of ["ses_a", "ses_a1"]) listeners.event(event("session.idle", id));
  expect(seen).toEqual([]);
});
