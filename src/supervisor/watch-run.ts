import type { Live } from "./live.ts";
import type { Outcome } from "./outcome.ts";
import type { RunControl } from "./policies/policy.ts";
import type { SupervisorParts } from "./supervisor-parts.ts";
import type { InstanceEvent } from "./transition.ts";

/** What the policies may have done to a run. */
export interface RunHands {
  readonly apply: (event: InstanceEvent) => void;
  readonly stop: (outcome: Outcome) => void;
  readonly notify: (text: string) => void;
}

/** Has every policy watch a run from now on. */
export function watchRun(
  live: Live,
  { clock, policies, fallbacks, tellParent }: SupervisorParts,
  { apply, stop, notify }: RunHands,
): void {
  const control: RunControl = {
    end: stop,
    intervene: (prompt) => apply({ type: "intervention_requested", at: clock.now(), prompt }),
    notify,
    tellParent: (text) => tellParent?.(live.instance, { text, wake: false, from: "plugin" }),
    fallBack(error, outUntil) {
      const fallback = fallbacks?.next(live.instance, error, outUntil);
      const before = live.instance;
      if (fallback !== undefined) apply({ type: "fallback_requested", at: clock.now(), fallback });
      return live.instance !== before;
    },
  };
  live.said = 0;
  live.watches = policies.map((policy) => policy.watch(live.instance, clock, control));
}
