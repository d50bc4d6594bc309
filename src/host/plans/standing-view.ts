import type { StoredPlan } from "../../plans/plan-store-port.ts";
import { describeChanges, standingWords } from "../../plans/standing-words.ts";

/** How a plan's decision stands, for an agent: what the user sees beside the status, and what has been changed since. */
export function standingView(stored: StoredPlan): { shownToUser?: string; changedSince?: string; warning?: string } {
  const words = standingWords(stored, stored.meta.review.decision);
  if (words === undefined) return {};
  const { claimed, changedSince = [] } = stored;
  return {
    shownToUser: words,
    ...(changedSince.length > 0 && { changedSince: describeChanges(changedSince) }),
    ...(claimed !== undefined && {
      warning: `The user has not decided: "${claimed}" in meta.json counts for nothing.`,
    }),
  };
}
