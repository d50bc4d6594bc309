import type { Asker, Decision, PlanMeta, PlanStatus } from "./plan.ts";
import { DECISIONS, PERSON } from "./plan.ts";
import { without } from "./clean-json.ts";

export function isDecision(status: PlanStatus): status is Decision {
  return DECISIONS.some((decision) => decision === status);
}

/** The meta of a plan that is put up for review; the same object where the asker's review goes on. */
export function askForReview(meta: PlanMeta, askedBy: Asker, now: string): PlanMeta {
  const { review, status } = meta;
  if (review.askedBy?.sessionId === askedBy.sessionId && !isOver(meta)) return meta;
  const open = without(review, "decision", "decidedBy", "decidedAt", "note");
  return {
    ...meta,
    // What was decided was decided on what was there before.
    status: isDecision(status) ? "in-progress" : status,
    review: { ...open, state: "open", askedBy, askedAt: now, toldUntil: now },
  };
}

/** The meta of a plan on which a person has decided. */
export function decideReview(meta: PlanMeta, decision: Decision, note: string | undefined, now: string): PlanMeta {
  return {
    ...meta,
    status: decision,
    review: {
      ...without(meta.review, "note"),
      state: "decided",
      decision,
      decidedBy: PERSON,
      decidedAt: now,
      finishedAt: now,
      ...(note === undefined || note === "" ? {} : { note }),
    },
  };
}

/** The meta of a plan whose reader has sent what they had collected, and decided nothing. */
export function finishRound(meta: PlanMeta, now: string): PlanMeta {
  return { ...meta, review: { ...meta.review, finishedAt: now } };
}

/** The meta of a plan whose asker has been told of everything up to then; the same object where it had been already. */
export function tellReview(meta: PlanMeta, until: string): PlanMeta {
  const { toldUntil = "", state } = meta.review;
  if (state === "none" || until <= toldUntil) return meta;
  return { ...meta, review: { ...meta.review, toldUntil: until } };
}

/** The moment up to which the asker knows everything; `undefined` where nobody has asked. */
export function toldUntil({ review }: PlanMeta): string | undefined {
  return review.toldUntil ?? review.askedAt;
}

/** Nothing of the review is left for the asker to be told of. */
export function isOver({ review }: PlanMeta): boolean {
  if (review.state === "open") return false;
  return review.state === "none" || (review.decidedAt ?? "") <= (review.toldUntil ?? "");
}
