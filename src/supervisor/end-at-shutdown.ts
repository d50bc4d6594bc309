import { isTerminal } from "./instance.ts";
import { disposeTimers, type Live } from "./live.ts";
import type { Outcome } from "./outcome.ts";
import type { SupervisorParts } from "./supervisor-parts.ts";
import { transition } from "./transition.ts";

const CLOSED: Outcome = {
  status: "failed",
  reason: "shutdown",
  error: "The opencode that ran this agent was closed.",
};

type Parts = Pick<SupervisorParts, "store" | "clock" | "report">;

/** Writes down before it returns how an agent stands whose opencode goes away. */
export function endAtShutdown(live: Live, parts: Parts): void {
  const { store, clock } = parts;
  const at = clock.now();
  if (isTerminal(live.instance)) {
    // Nobody is left to start what waits behind it; and what the disk did not take has this last chance.
    const { instance } = transition(live.instance, { type: "follow_ups_dropped", at });
    const isChanged = instance !== live.instance;
    live.instance = instance;
    if (isChanged || store.isDirty(live.instance.instanceId)) saveNow(live, parts);
    return;
  }
  disposeTimers(live);
  const nothing = { exitCode: null, signal: null, resultPreview: null };
  live.instance = transition(live.instance, { type: "ended", at, outcome: CLOSED, ...nothing }).instance;
  saveNow(live, parts);
  live.settled.resolve();
}

function saveNow({ instance, unsavedResult }: Live, { store, report }: Parts): void {
  try {
    store.saveNow(instance, unsavedResult);
  } catch (error) {
    report(`The record of ${instance.instanceId} could not be written at shutdown.`, error);
  }
}
