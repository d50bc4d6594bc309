import type { Plan, PlanMeta, Review } from "./plan.ts";
import type { StoredPlan } from "./plan-store-port.ts";
import { UNKNOWN_MOMENT } from "./repair-comments.ts";

/** Later than {@link UNKNOWN_MOMENT}, and earlier than all that is done. */
const AFTER_UNKNOWN = "1970-01-01T00:00:00.001Z";

/**
 * A plan without times that have not come yet, of a clock that was wrong or a hand that was: who had been told up to one
 * of them would be told nothing until then, an approval neither. The same object where there are none.
 *
 * @param latest ISO 8601: what is later has not come
 */
export function withoutFuture(stored: StoredPlan, latest: string): StoredPlan {
  const plan = tamePlan(stored.plan, latest);
  const meta = tameMeta(stored.meta, latest);
  return plan === stored.plan && meta === stored.meta ? stored : { ...stored, plan, meta };
}

function tamePlan(plan: Plan, latest: string): Plan {
  const { comments, edits = [] } = plan;
  const isTame =
    edits.every(({ at }) => at <= latest) &&
    comments.every(({ created, thread }) => created <= latest && thread.every((reply) => reply.created <= latest));
  if (isTame) return plan;
  const dated = <T extends { readonly created: string }>(remark: T): T =>
    remark.created > latest ? { ...remark, created: UNKNOWN_MOMENT } : remark;
  return {
    ...plan,
    comments: comments.map((comment) => dated({ ...comment, thread: comment.thread.map(dated) })),
    edits: edits.map((edit) => (edit.at > latest ? { ...edit, at: UNKNOWN_MOMENT } : edit)),
  };
}

function tameMeta(meta: PlanMeta, latest: string): PlanMeta {
  const { askedAt = "", toldUntil = "", decidedAt = "", finishedAt = "" } = meta.review;
  if ([meta.lastEdited, askedAt, toldUntil, decidedAt, finishedAt].every((moment) => moment <= latest)) return meta;
  const review: Review = {
    ...meta.review,
    ...(askedAt > latest && { askedAt: UNKNOWN_MOMENT }),
    ...(finishedAt > latest && { finishedAt: UNKNOWN_MOMENT }),
    ...(toldUntil > latest && { toldUntil: UNKNOWN_MOMENT }),
    // What has been told stays told, and what has not does not become so.
    ...(decidedAt > latest && { decidedAt: decidedAt > (toldUntil || askedAt) ? AFTER_UNKNOWN : UNKNOWN_MOMENT }),
  };
  return { ...meta, lastEdited: meta.lastEdited > latest ? UNKNOWN_MOMENT : meta.lastEdited, review };
}
