import type { Liveness } from "../supervisor/instance.ts";
import { TASK } from "../opencode/tool-names.ts";

/** What a model is not heard of for is shown where its request is out. */
const WAITING = "waiting for the model";

/** A wait for the provider, of which nothing was heard for so long. */
function waitingFor(ms: number): string {
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

/** What an agent does just now. */
export type Doing =
  | { readonly kind: "starting" | "thinking" | "writing" | "silent" | "retrying" }
  /** `call`: as people are shown it. */
  | { readonly kind: "composing" | "tool"; readonly call: string };

export function isSame(one: Doing, other: Doing): boolean {
  return one.kind === other.kind && callOf(one) === callOf(other);
}

/**
 * What an agent does, as people are shown it.
 *
 * @param waitedMs for how long nothing has been heard of a request that is out; `null`: none is
 */
export function inWords(doing: Doing, { at }: Retry, waitedMs: number | null): string {
  if (doing.kind === "retrying") return retryingUntil(at);
  if (doing.kind === "silent" && waitedMs !== null) return waitingFor(waitedMs);
  const call = callOf(doing);
  return call === undefined ? doing.kind : `${doing.kind} ${call}`;
}

function callOf(doing: Doing): string | undefined {
  return "call" in doing ? doing.call : undefined;
}

/** What the watchdogs make of it. */
export function phaseOf({ kind }: Doing): Liveness["phase"] {
  return kind === "tool" || kind === "composing" || kind === "retrying" ? kind : "model";
}

/** A call that is being written, or runs. */
export interface OpenCall {
  readonly state: "composing" | "tool";
  readonly tool: string;
  /** The call as the activity has it. */
  readonly shown: string;
  /** When it came to this state. */
  readonly since: number;
}

/**
 * The tool that has run for longest. Calls of one step run side by side; each has a limit of its own.
 *
 * @param heardAt when something was last heard of a native subagent, which runs for as long as it is heard of
 */
export function oldestTool(calls: Iterable<OpenCall>, heardAt: number): Pick<Liveness, "tool" | "since"> | undefined {
  const running = [...calls].filter(({ state }) => state === "tool");
  const sinces = running.map(({ tool, since }) => ({ tool, since: tool === TASK ? heardAt : since }));
  return sinces.toSorted((a, b) => a.since - b.since)[0];
}

/** A wait for the provider as the activity has it. */
function retryingUntil(at: number | null): string {
  return at === null ? "retrying" : `retrying until ${new Date(at).toISOString()}`;
}
