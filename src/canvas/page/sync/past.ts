import { create } from "zustand";
import { diffPlans } from "../../../plans/diff-plans.ts";
import { oldWords } from "../../../plans/old-words.ts";
import { operationsBetween } from "../../../plans/operations-between.ts";
import type { EditEntry } from "../../../plans/plan.ts";
import { unpackHistory, withPictures, type KeptRevision, type PlanHistory } from "../../../plans/plan-history.ts";
import { edit, loadHistory } from "./plan-session.ts";
import { showPast, usePlan } from "./plan-store.ts";

/** What the person looks at of the plan's past. */
export const usePast = create<{
  /** Oldest first; `null`: not loaded. */
  readonly history: PlanHistory | null;
  readonly trouble: string | null;
}>(() => ({ history: null, trouble: null }));

/** Loads the history as it is now. */
export async function readHistory(): Promise<void> {
  const read = await loadHistory();
  if (typeof read === "string") usePast.setState({ trouble: read });
  else usePast.setState({ history: unpackHistory(read), trouble: null });
}

/** Shows the plan as it was, and what that revision changed; `null`: as it is. */
export function lookAt(kept: KeptRevision | null): void {
  const { stored } = usePlan.getState();
  showPast(kept === null || stored === null ? null : withPictures(kept, stored.plan));
}

/** Makes the plan what it was, as one edit that can be undone. */
export function goBackTo(kept: KeptRevision): void {
  const { stored } = usePlan.getState();
  lookAt(null);
  const { plan } = usePlan.getState();
  if (stored !== null && plan !== null) edit(operationsBetween(plan, withPictures(kept, plan)));
}

/** What a revision changed, by the id of the element or connection. */
export function changesOfRevision(kept: KeptRevision, history: PlanHistory | null): ReadonlyMap<string, EditEntry> {
  const before = revisionBefore(kept, history);
  if (before === undefined) return new Map();
  const { revision, at, by } = kept;
  const earlier = new Map<string, object>([...before.elements, ...before.connections].map((one) => [one.id, one]));
  const entries = diffPlans(before, kept).map((difference): EditEntry => ({
    ...{ revision, at, by: by ?? { kind: "person" } },
    ...difference,
    ...(difference.change === "added" ? {} : oldWords(earlier.get(difference.id), difference.fields)),
  }));
  return new Map(entries.map((entry) => [entry.id, entry]));
}

export function revisionBefore(kept: KeptRevision, history: PlanHistory | null): KeptRevision | undefined {
  return history?.findLast(({ revision }) => revision < kept.revision);
}
