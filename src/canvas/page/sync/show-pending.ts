import { applyOperations } from "../../../plans/apply-operations.ts";
import type { Plan } from "../../../plans/plan.ts";
import type { PendingEdit } from "./edit-queue.ts";

/**
 * The plan as the person sees it: the server's, with what is not confirmed yet done on top. What cannot be done on it any
 * more (the server will say so) is left out.
 *
 * @param now ISO 8601
 */
export function showPending(plan: Plan, pending: readonly PendingEdit[], now: string): Plan {
  return pending.reduce((shown, { operations }) => {
    const applied = applyOperations(shown, { kind: "person" }, operations, now);
    return applied.ok ? applied.plan : shown;
  }, plan);
}
