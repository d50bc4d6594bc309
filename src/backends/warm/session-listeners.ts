import type { ServerReport } from "../../agent-role/server-report.ts";
import { begunBelow, sessionOf } from "../../opencode/session-events.ts";
import type { ServerEvent } from "./event-stream.ts";

/** Told of what concerns one session and its native subagents. */
export interface SessionListener {
  event(event: ServerEvent): void;
  /** The plugin inside the server says something of the session. */
  report(report: ServerReport): void;
  /** Events may have been missed. */
  gap(): void;
  /** Comes every 10 s. */
  heartbeat(): void;
  /** The server is gone. */
  died(why: string): void;
  /** The line to a server elsewhere is broken, and may come back until this time; `null`: it has. */
  away(until: number | null): void;
  /** It has not come back. */
  lost(why: string): void;
}

/** Hands each event of a server to the turn whose session, or whose native subagent, it comes from. */
export class SessionListeners {
  readonly #listeners = new Map<string, SessionListener>();
  /** The session that a subagent works for. */
  readonly #owners = new Map<string, string>();

  add(sessionId: string, listener: SessionListener): () => void {
    this.#listeners.set(sessionId, listener);
    return () => {
      if (this.#listeners.get(sessionId) !== listener) return;
      this.#listeners.delete(sessionId);
      for (const [child, owner] of this.#owners) if (owner === sessionId) this.#owners.delete(child);
    };
  }

  /** A session is a native subagent's of one that is listened to. */
  adopt(childId: string, parentId: string): void {
    const owner = this.#owners.get(parentId) ?? parentId;
    if (this.#listeners.has(owner)) this.#owners.set(childId, owner);
  }

  event(event: ServerEvent): void {
    const sessionId = sessionOf(event);
    if (sessionId === undefined) return;
    const below = begunBelow(event);
    if (below !== undefined) this.adopt(below.sessionId, below.parentId);
    this.#of(sessionId)?.event(event);
  }

  report(report: ServerReport): void {
    if (report.session !== undefined) this.#of(report.session)?.report(report);
  }

  gap(): void {
    for (const listener of this.#all()) listener.gap();
  }

  heartbeat(): void {
    for (const listener of this.#all()) listener.heartbeat();
  }

  died(why: string): void {
    for (const listener of this.#all()) listener.died(why);
  }

  away(until: number | null): void {
    for (const listener of this.#all()) listener.away(until);
  }

  lost(why: string): void {
    for (const listener of this.#all()) listener.lost(why);
  }

  #of(sessionId: string): SessionListener | undefined {
    // An agent may have been asked for in the session of another one: it is no subagent of that.
    return this.#listeners.get(sessionId) ?? this.#listeners.get(this.#owners.get(sessionId) ?? "");
  }

  /** A copy: a listener may leave while it is told. */
  #all(): SessionListener[] {
    return [...this.#listeners.values()];
  }
}
