import type { PlanSummary, Result, StoredPlan } from "./plan-store-port.ts";
import { UNKNOWN_MOMENT } from "./repair-comments.ts";

/** What a list shows of a plan; nothing of a folder that is none. */
export function summarize(slug: string, found: Result<StoredPlan>): PlanSummary[] {
  if (found.ok) {
    const { plan, meta, claimed, changedSince } = found.value;
    return [
      {
        slug,
        title: plan.title,
        status: meta.status,
        review: meta.review.state,
        ...(meta.review.decision !== undefined && { decision: meta.review.decision }),
        elements: plan.elements.length,
        openComments: plan.comments.filter((comment) => comment.resolved !== true).length,
        lastEdited: meta.lastEdited === UNKNOWN_MOMENT ? null : meta.lastEdited,
        ...(claimed !== undefined && { claimed }),
        ...(changedSince !== undefined && { changedSince }),
      },
    ];
  }
  if (found.problem.reason === "not_found") return [];
  const unknown = { status: null, review: null, elements: 0, openComments: 0, lastEdited: null };
  return [{ slug, title: slug, ...unknown, problem: found.problem }];
}
