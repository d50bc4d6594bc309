import type { Continuation, Instance, ModelChoice } from "./instance.ts";
import type { Outcome, TurnEvidence } from "./outcome.ts";
import type { BaseClock } from "../lib/clock.ts";

/** How long a model that failed is left out, by all agents, where nobody says when it is there again. */
const LEFT_OUT_MS = 600_000;
/** … and at most. */
const MOST_LEFT_OUT_MS = 3_600_000;
const ERROR_CHARACTERS = 300;

export const GO_ON = "The turn before was cut short from outside, by no fault of yours. Go on where you were.";

export interface FallbacksParts {
  readonly clock: Pick<BaseClock, "now">;
  /** The models for an agent that has no list of its own. */
  readonly modelsFor: (agent: string) => readonly ModelChoice[];
  /** How often a turn is gone on with that was cut short, where no other model is there. */
  readonly autoContinue: number;
}

/** Which model goes on where one does not answer. One for all agents of a host: what failed for one is left out by all. */
export class Fallbacks {
  readonly #outUntil = new Map<string, number>();
  readonly #outBecause = new Map<string, string>();

  constructor(private readonly parts: FallbacksParts) {}

  /** The next model for an agent whose provider does not answer; `undefined` where there is none left. */
  next(instance: Instance, error: string, outUntil?: number): Continuation | undefined {
    this.#failed(instance.model, error, outUntil);
    // Nothing could go on there.
    if (instance.losesSession === true) return undefined;
    const tried = new Set([nameOf(instance.model), ...(instance.modelsTried ?? []).map(({ model }) => model)]);
    const left = this.#listOf(instance).filter((each) => !tried.has(nameOf(each)));
    // One that failed for somebody is better than none.
    const model = left.find((each) => this.#isIn(each)) ?? left[0];
    if (model === undefined) return undefined;
    return { prompt: promptFor(instance), model, error: error.slice(0, ERROR_CHARACTERS) };
  }

  /** What goes on after a turn that ended by itself; `undefined` where that end counts. */
  after(instance: Instance, evidence: TurnEvidence, outcome: Outcome): Continuation | undefined {
    const { trouble } = evidence;
    const isProviders = outcome.reason === "session_error" || outcome.reason === "model_unknown";
    if (trouble === undefined || !isProviders || instance.sessionId === null || instance.losesSession === true)
      return undefined;
    const next = trouble === "died" ? undefined : this.next(instance, outcome.error ?? "no words");
    if (next !== undefined || trouble === "refuses") return next;
    const { turns, model } = instance;
    const before = turns.toReversed().findIndex(({ kind }) => kind !== "fallback");
    if (before >= this.parts.autoContinue) return undefined;
    return { prompt: promptFor(instance), model, error: null };
  }

  /** What an agent begins with: another model where its own has just failed for somebody, and that one has not. */
  first(instance: Instance): Instance {
    const { model: own } = instance;
    const why = this.#outBecause.get(nameOf(own));
    const model = this.#isIn(own) ? undefined : this.#listOf(instance).find((each) => this.#isIn(each));
    if (model === undefined || why === undefined) return instance;
    return { ...instance, model, modelsTried: [{ model: nameOf(own), error: `left out, since it failed: ${why}` }] };
  }

  #listOf({ fallback, agent }: Instance): readonly ModelChoice[] {
    return fallback ?? this.parts.modelsFor(agent);
  }

  #isIn(model: ModelChoice): boolean {
    return (this.#outUntil.get(nameOf(model)) ?? 0) <= this.parts.clock.now();
  }

  #failed(model: ModelChoice, error: string, until?: number): void {
    const now = this.parts.clock.now();
    this.#outUntil.set(nameOf(model), Math.min(until ?? now + LEFT_OUT_MS, now + MOST_LEFT_OUT_MS));
    this.#outBecause.set(nameOf(model), error.slice(0, ERROR_CHARACTERS));
  }
}

/** How an agent ended that has tried several models: with the words of each. */
export function withTried(outcome: Outcome, { model, modelsTried = [] }: Instance): Outcome {
  const isProviders = outcome.reason === "session_error" || outcome.reason === "model_unknown";
  if (modelsTried.length === 0 || !isProviders) return outcome;
  const words = modelsTried.map((tried) => `${tried.model}: ${tried.error}`);
  const error = [...words, `${nameOf(model)}: ${outcome.error ?? "no words"}`].join(" | ");
  return { ...outcome, reason: "session_error", error };
}

/** A model as its name is written. */
export function nameOf({ providerId, modelId }: ModelChoice): string {
  return `${providerId}/${modelId}`;
}

/** The model of a name; what stands before the first slash is its provider. */
export function modelNamed(name: string): ModelChoice {
  const slash = name.indexOf("/");
  return { providerId: name.slice(0, slash), modelId: name.slice(slash + 1) };
}

/** A task that has not reached its session is asked anew. */
function promptFor({ sessionId, turns }: Instance): string {
  return sessionId === null ? (turns.at(-1)?.prompt ?? "") : GO_ON;
}
