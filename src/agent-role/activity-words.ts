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

/**
 * The tool that has run for longest. Calls of one step run side by side; each has a limit of its own.
 *
 * @param heardAt when something was last heard of a native subagent, which runs for as long as it is heard of
 */
export function oldestTool(
  calls: Iterable<{ readonly tool: string; readonly state: string; readonly since: number }>,
  heardAt: number,
): Pick<Liveness, "tool" | "since"> | undefined {
  const running = [...calls].filter(({ state }) => state === "tool");
  const sinces = running.map(({ tool, since }) => ({ tool, since: tool === "task" ? heardAt : since }));
  return sinces.toSorted((a, b) => a.since - b.since)[0];
}

/** A wait for the provider as the activity has it. */
export function retryingUntil(at: number | null): string {
  return at === null ? "retrying" : `retrying until ${new Date(at).toISOString()}`;
}
