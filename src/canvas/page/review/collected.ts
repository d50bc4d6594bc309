import { hasField } from "../../../plans/element-kinds.ts";
import { feedbackSince } from "../../../plans/feedback.ts";
import { isAnsweredByPerson, type PlanMeta } from "../../../plans/plan.ts";
import type { PlanState } from "../sync/plan-store.ts";

/** What goes with the end of a review. */
export interface Collected {
  readonly comments: number;
  readonly edits: number;
}

/** What the person has said and edited since whoever asked was told last. */
export function collected({ stored, round }: Pick<PlanState, "stored" | "round">): Collected {
  if (stored === null) return { comments: round.length, edits: 0 };
  const told = stored.meta.review.toldUntil ?? stored.meta.review.askedAt;
  if (told === undefined) return { comments: round.length, edits: 0 };
  const since = [told, sentUntil(stored.meta)].reduce((one, other) => (one > other ? one : other));
  return { comments: round.length, edits: feedbackSince(stored, since).edits.length };
}

function sentUntil({ review }: PlanMeta): string {
  return review.finishedAt ?? review.decidedAt ?? "";
}

/** `4 comments, 1 edit`; empty where there is nothing. */
export function inWords({ comments, edits }: Collected): string {
  const parts = [counted(comments, "comment"), counted(edits, "edit")];
  return parts.filter((part) => part !== "").join(", ");
}

export function counted(count: number, what: string): string {
  if (count === 0) return "";
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** What of the plan is still open, in words. */
export function openWords({ plan }: Pick<PlanState, "plan">): readonly string[] {
  if (plan === null) return [];
  const comments = plan.comments.filter(({ resolved }) => resolved !== true).length;
  const questions = plan.elements.filter((one) => hasField(one, "answer") && !isAnsweredByPerson(one)).length;
  return [
    comments === 0 ? "no open comments" : `${counted(comments, "comment")} open`,
    questions === 0 ? "no unanswered questions" : `${counted(questions, "question")} unanswered`,
  ];
}
