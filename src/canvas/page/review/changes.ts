import type { EditEntry } from "../../../plans/plan.ts";
import type { StoredPlan } from "../../../plans/plan-store-port.ts";
import { changesSinceReview } from "../../../plans/since-review.ts";
import { usePlan } from "../sync/plan-store.ts";

const NONE: ReadonlyMap<string, EditEntry> = new Map();
let known: { readonly of: StoredPlan; readonly changes: ReadonlyMap<string, EditEntry> } | null = null;

/** What agents changed since the person's last review, by the id of the element or connection; worked out once a plan. */
export function changesOf(stored: StoredPlan | null): ReadonlyMap<string, EditEntry> {
  if (stored === null) return NONE;
  if (known?.of !== stored)
    known = { of: stored, changes: new Map(changesSinceReview(stored).map((one) => [one.id, one])) };
  return known.changes;
}

/** How an element was changed since the person's last review. */
export function useChange(id: string): EditEntry | undefined {
  const text = usePlan(({ stored }) => {
    const change = changesOf(stored).get(id);
    return change === undefined ? "" : `${change.change} ${change.revision}`;
  });
  return text === "" ? undefined : changesOf(usePlan.getState().stored).get(id);
}
