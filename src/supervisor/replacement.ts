import type { Fallbacks } from "./fallbacks.ts";
import type { Continuation, Instance } from "./instance.ts";
import { judge, type TurnEvidence } from "./outcome.ts";

/** What takes the place of a turn that has ended: an intervention, or another model's; `undefined`: its end counts. */
export function replacement(
  instance: Instance,
  evidence: TurnEvidence,
  fallbacks: Pick<Fallbacks, "after"> | undefined,
): { readonly fallback: Continuation | undefined } | undefined {
  const { state } = instance;
  if (state.status !== "running" || state.ending !== null) return undefined;
  const outcome = judge(evidence);
  if (state.intervention !== null && outcome.status !== "done") return { fallback: undefined };
  const fallback = fallbacks?.after(instance, evidence, outcome);
  return fallback === undefined ? undefined : { fallback };
}
