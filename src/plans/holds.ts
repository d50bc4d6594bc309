import { isOfSubstance, ofSubstance } from "./judge-plan.ts";
import type { Ledger } from "./ledger.ts";
import type { Hold, Result, StoredPlan } from "./plan-store-port.ts";

/**
 * The holds of a plan.
 *
 * @param found the plan, or why it cannot be read
 */
export async function holdsOf(ledger: Ledger, slug: string, found: Result<StoredPlan>): Promise<readonly Hold[]> {
  const entries = await ledger.readAll(slug);
  const here = found.ok ? (found.value.plan.id ?? "") : undefined;
  // One that lay there before is gone, whatever lies in its place.
  const gone = [...entries].flatMap(([id, { review }]): readonly Hold[] => {
    if (id === here || review.state !== "open") return [];
    const isGone = found.ok || found.problem.reason === "not_found";
    const why = isGone ? ({ kind: "gone" } as const) : unreadable(found.problem.message);
    return [{ slug, askedBy: review.askedBy, why }];
  });
  return [...gone, ...(found.ok ? holdOf(found.value) : [])];
}

function holdOf({ slug, meta, changedSince = [] }: StoredPlan): readonly Hold[] {
  const { state, askedBy, decision } = meta.review;
  if (state === "open") return [{ slug, askedBy, why: { kind: "open" } }];
  const changes = changedSince.filter(isOfSubstance).map(ofSubstance);
  if (decision !== "approved" || changes.length === 0) return [];
  return [{ slug, askedBy, why: { kind: "changed", changes } }];
}

function unreadable(message: string): Hold["why"] {
  return { kind: "unreadable", message };
}
