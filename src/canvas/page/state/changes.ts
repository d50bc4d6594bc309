import type { EditEntry } from "../../../plans/plan.ts";
import type { StoredPlan } from "../../../plans/plan-store-port.ts";
import type { KeptRevision, PlanHistory } from "../../../plans/plan-history.ts";
import { changesSinceReview, movedSinceReview } from "../../../plans/since-review.ts";
import { changesOfRevision, usePast } from "../sync/past.ts";
import { usePlan, type PlanState } from "../sync/plan-store.ts";

const NONE: ReadonlyMap<string, EditEntry> = new Map();
let knownPast: {
  readonly of: KeptRevision;
  readonly history: PlanHistory | null;
  readonly changes: ReadonlyMap<string, EditEntry>;
} | null = null;
let known: { readonly of: StoredPlan; readonly changes: ReadonlyMap<string, EditEntry> } | null = null;

/** What agents changed or moved since the person's last review, by the id of the element or connection; worked out once a plan. */
export function changesOf(stored: StoredPlan | null): ReadonlyMap<string, EditEntry> {
  if (stored === null) return NONE;
  if (known?.of !== stored)
    known = {
      of: stored,
      changes: new Map([...changesSinceReview(stored), ...movedSinceReview(stored)].map((one) => [one.id, one])),
    };
  return known.changes;
}

/** How an element was changed since the person's last review, or by the revision of the past that they look at. */
export function useChange(id: string): EditEntry | undefined {
  const text = usePlan((state) => {
    const change = shownChanges(state).get(id);
    return change === undefined ? "" : `${change.change} ${change.revision}`;
  });
  return text === "" ? undefined : shownChanges(usePlan.getState()).get(id);
}

function shownChanges({ stored, past }: Pick<PlanState, "stored" | "past">): ReadonlyMap<string, EditEntry> {
  if (past === null) return changesOf(stored);
  const { history } = usePast.getState();
  if (knownPast?.of !== past || knownPast.history !== history)
    knownPast = { of: past, history, changes: changesOfRevision(past, history) };
  return knownPast.changes;
}
