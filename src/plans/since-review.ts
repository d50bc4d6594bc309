import { isMove, oneEach, withoutPlace } from "./feedback.ts";
import type { EditEntry } from "./plan.ts";
import type { StoredPlan } from "./plan-store-port.ts";

/** When a person last sent what they had to say; `undefined` where they never have. */
export function reviewedAt({ meta }: Pick<StoredPlan, "meta">): string | undefined {
  return meta.review.finishedAt ?? meta.review.decidedAt;
}

/** What agents changed since a person's last review, one entry an element or connection, oldest first. */
export function changesSinceReview(stored: Pick<StoredPlan, "plan" | "meta">): readonly EditEntry[] {
  return allSinceReview(stored).flatMap(withoutPlace);
}

/** What agents moved since a person's last review, and changed in nothing else. */
export function movedSinceReview(stored: Pick<StoredPlan, "plan" | "meta">): readonly EditEntry[] {
  return allSinceReview(stored).filter(isMove);
}

function allSinceReview(stored: Pick<StoredPlan, "plan" | "meta">): readonly EditEntry[] {
  const since = reviewedAt(stored);
  if (since === undefined) return [];
  return oneEach((stored.plan.edits ?? []).filter(({ by, at }) => by.kind === "agent" && at > since));
}
