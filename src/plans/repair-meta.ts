import { isJsonObject, type JsonObject } from "./clean-json.ts";
import { DECISIONS, PLAN_STATUSES, type Asker, type Plan, type PlanMeta, type Review } from "./plan.ts";
import { dropUnless, isMoment, text } from "./repair-values.ts";
import { UNKNOWN_MOMENT } from "./repair-comments.ts";

const isText = (value: unknown): boolean => typeof value === "string";

/** What a `meta.json`, or none, says of a plan; what it lacks or has wrong is made good. */
export function repairMeta(value: JsonObject, plan: Plan): PlanMeta {
  return {
    ...value,
    status: PLAN_STATUSES.find((status) => status === value.status) ?? "draft",
    title: plan.title,
    template: text(value.template) || "blank",
    lastEdited: lastEditOf(value, plan),
    review: repairReview(value.review),
  };
}

/** The plan tells of an edit whose `meta.json` could not be written. */
function lastEditOf({ lastEdited }: JsonObject, plan: Plan): string {
  const recorded = plan.edits?.at(-1)?.at ?? UNKNOWN_MOMENT;
  return isMoment(lastEdited) && lastEdited >= recorded ? lastEdited : recorded;
}

function repairReview(value: unknown): Review {
  if (!isJsonObject(value)) return { state: "none" };
  const kept = dropUnless(value, {
    askedBy: isAsker,
    askedAt: isMoment,
    decision: isDecision,
    decidedBy: isText,
    decidedAt: isMoment,
    finishedAt: isMoment,
    note: isText,
    toldUntil: isMoment,
  });
  if (value.state === "decided" && "decision" in kept && "decidedAt" in kept) return { ...kept, state: "decided" };
  return { ...kept, state: value.state === "open" ? "open" : "none" };
}

function isDecision(value: unknown): boolean {
  return DECISIONS.some((decision) => decision === value);
}

function isAsker(value: unknown): value is Asker {
  if (!isJsonObject(value) || typeof value.sessionId !== "string") return false;
  return value.instanceId === undefined || typeof value.instanceId === "string";
}
