import type { Instance, Liveness, Progress } from "../../../src/supervisor/instance.ts";
import type { Outcome } from "../../../src/supervisor/outcome.ts";
import type { Policy } from "../../../src/supervisor/policies/policy.ts";
import { FakeClock } from "../fake-clock.ts";
import { sampleInstance } from "../sample-instance.ts";

/** The reaction comes no later than this after its limit. */
export const REACTION_MS = 250;
/** The defaults of the contract. */
export const STALL_MS = 180_000;
export const THINKING_MS = 300_000;
export const TOOL_MS = 1_800_000;

/** A model that is awaited, as the agent role reports it. */
export const waiting: Liveness = {
  phase: "model",
  since: 0,
  retryAt: null,
  thinkingSince: null,
  hasActed: false,
  repeatsItself: false,
};

/** One policy that watches one run, and what it wants. */
export function watched(policy: Policy, instance: Instance = sampleInstance(), clock = new FakeClock()) {
  const ends: Outcome[] = [];
  const prompts: string[] = [];
  const notices: string[] = [];
  const told: string[] = [];
  const fallbacks: string[] = [];
  /** So many others there are to fall back on. */
  const models = { left: 0 };
  const watch = policy.watch(instance, clock, {
    end: (outcome) => void ends.push(outcome),
    intervene: (prompt) => void prompts.push(prompt),
    notify: (text) => void notices.push(text),
    fallBack(error) {
      fallbacks.push(error);
      return models.left-- > 0;
    },
    tellParent: (text) => void told.push(text),
  });
  let progress: Progress = { ...instance.progress, voice: true, liveness: waiting, activity: "silent" };
  return {
    clock,
    ends,
    prompts,
    notices,
    told,
    fallbacks,
    models,
    reasons: () => ends.map(({ reason }) => reason),
    /** The agent reports; what is not given stays as it was. */
    report: (given: Partial<Progress> = {}, liveness?: Partial<Liveness>) => {
      progress = { ...progress, lastActivityAt: clock.now(), ...given };
      if (liveness !== undefined) progress = { ...progress, liveness: { ...waiting, ...liveness } };
      watch.progressed?.(progress);
    },
    turnStarted: () => watch.turnStarted?.(),
    dispose: () => watch.dispose(),
  };
}
