import type { Liveness } from "../supervisor/instance.ts";

/** What a model is not heard of for is shown where its request is out. */
const WAITING = "waiting for the model";

/** A wait for the provider, of which nothing was heard for so long. */
export function waitingFor(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  return seconds === 0 ? WAITING : `${WAITING}, ${seconds} s`;
}

/** What the host says when it asks the provider again. */
export interface Retry {
  readonly at: number | null;
  readonly words: string | undefined;
}

/** The retry as the watchdogs need it: only while there is one. */
export function retryIn(phase: Liveness["phase"], { at, words }: Retry): Pick<Liveness, "retryAt" | "retryWords"> {
  if (phase !== "retrying") return { retryAt: null };
  return { retryAt: at, ...(words === undefined ? {} : { retryWords: words }) };
}

/** What the watchdogs make of an activity. */
export function phaseOf(activity: string): Liveness["phase"] {
  if (activity === "retrying") return "retrying";
  if (activity.startsWith("composing ")) return "composing";
  return activity.startsWith("tool ") ? "tool" : "model";
}

/** A wait for the provider as the activity has it. */
export function retryingUntil(at: number | null): string {
  return at === null ? "retrying" : `retrying until ${new Date(at).toISOString()}`;
}
