import type { ToolContext } from "../../opencode/plugin-api.ts";
import type { PlanServices } from "../plans/plan-services.ts";

/** How a tool waits for what a person does. */
export interface PersonWait<T> {
  readonly timeoutMs: number;
  /** Settles with what a person does; `over` when the signal aborts first. */
  readonly first: (signal: AbortSignal) => Promise<T | "over">;
  /** What a person has done by now, in the last moment. */
  readonly now: () => Promise<T | "over">;
  /** Tells the user, unless what is waited for is there already. */
  readonly call: (signal: AbortSignal) => void;
}

export interface PersonWaited<T> {
  /** `over`: the time is, or the user has written, or nobody takes the answer any more. */
  readonly outcome: T | "over";
  /** Aborted where the host takes no answer any more. */
  readonly lost: AbortSignal;
  readonly waitedMs: number;
}

/** Waits for a person, until the time is over, the user writes in the session, or the host wants no answer any more. */
export async function waitForPerson<T>(
  { closing, unread }: Pick<PlanServices, "closing" | "unread">,
  { sessionID, abort }: Pick<ToolContext, "sessionID" | "abort">,
  { timeoutMs, first, now, call }: PersonWait<T>,
): Promise<PersonWaited<T>> {
  const begin = performance.now();
  const stop = new AbortController();
  const lost = AbortSignal.any([abort, closing]);
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  const signal = AbortSignal.any([lost, stop.signal]);
  void unread.whenWritten(sessionID, signal).then((isWritten) => isWritten && stop.abort());
  const waiting = first(signal);
  call(signal);
  const done = await waiting;
  clearTimeout(timer);
  stop.abort();
  const outcome = done === "over" && !lost.aborted ? await now() : done;
  return { outcome, lost, waitedMs: Math.round(performance.now() - begin) };
}

/** Shows the user what waits for them, and tells them where it is. Never rejects. */
export async function callUser(
  desk: Pick<PlanServices, "show" | "callUser">,
  sessionId: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const shown = await desk
    .show(name)
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (!signal.aborted) await desk.callUser(sessionId, name, shown);
}
