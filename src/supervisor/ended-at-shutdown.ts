import type { Instance } from "./instance.ts";
import type { Outcome } from "./outcome.ts";
import { transition } from "./transition.ts";

const CLOSED: Outcome = {
  status: "failed",
  reason: "shutdown",
  error: "The opencode that ran this agent was closed.",
};

/** An instance whose opencode goes away in the middle of its turn. */
export function endedAtShutdown(instance: Instance, at: number): Instance {
  const nothing = { exitCode: null, signal: null, resultPreview: null };
  return transition(instance, { type: "ended", at, outcome: CLOSED, ...nothing }).instance;
}
