import { oneEach, withoutPlace } from "./feedback.ts";
import type { EditEntry } from "./plan.ts";
import type { StoredPlan } from "./plan-store-port.ts";

/** When a person last sent what they had to say; `undefined` where they never have. */
export function reviewedAt({ meta }: Pick<StoredPlan, "meta">): string | undefined {
  return meta.review.finishedAt ?? meta.review.decidedAt;
}

/** What agents changed since a person's last review, one entry an element or connection, oldest first. */
export function changesSinceReview(stored: Pick<StoredPlan, "plan" | "meta">): readonly EditEntry[] {
  const since = reviewedAt(stored);
  if (since === undefined) return [];
  const made = (stored.plan.edits ?? []).filter(({ by, at }) => by.kind === "agent" && at > since);
  return oneEach(made).flatMap(withoutPlace);
}
