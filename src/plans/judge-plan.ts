import { without } from "./clean-json.ts";
import { diffPlans, type Difference } from "./diff-plans.ts";
import type { ChangeSince, DecidedPlan, LedgerEntry, Standing } from "./ledger.ts";
import type { Decision, Plan, PlanMeta, PlanStatus, Review } from "./plan.ts";
import type { StoredPlan } from "./plan-store-port.ts";
import { isDecision } from "./review.ts";

/** The plan of a file as it stands: its review is what the ledger has, and a decision that it has not is a claim. */
export function judgePlan(inFile: StoredPlan, entry: LedgerEntry | undefined): StoredPlan {
  const { plan, meta } = inFile;
  const review = entry?.review ?? undecided(meta.review);
  const made = review.state === "decided" ? review.decision : undefined;
  const told = decisionIn(meta);
  const standing: Standing = {
    ...(told !== undefined && told !== made && { claimed: told }),
    ...(entry?.decided !== undefined && {
      decidedRevision: entry.decided.revision,
      changedSince: changesSince(entry.decided, plan),
    }),
  };
  return { ...inFile, meta: { ...meta, status: statusOf(meta, review), review }, ...standing };
}

function statusOf(inFile: PlanMeta, { state, decision, decidedAt }: Review): PlanStatus {
  const made = state === "decided" ? decision : undefined;
  // The ledger is written first: a file that has yet to hear of the decision says what the plan was before it.
  if (made !== undefined && inFile.review.decidedAt !== decidedAt) return made;
  return isDecision(inFile.status) && inFile.status !== made ? (made ?? "in-progress") : inFile.status;
}

/** The decision that the files tell of. */
function decisionIn({ status, review }: PlanMeta): Decision | undefined {
  if (isDecision(status)) return status;
  return review.state === "decided" ? review.decision : undefined;
}

/** A review that somebody has asked for stays asked for. */
function undecided(review: Review): Review {
  const asked = without(review, "decision", "decidedBy", "decidedAt", "note");
  return { ...asked, state: review.state === "decided" ? "none" : review.state };
}

function changesSince(decided: DecidedPlan, plan: Plan): readonly ChangeSince[] {
  const title = decided.title === plan.title ? [] : [{ change: "updated", what: "title", id: "title" } as const];
  return [...title, ...diffPlans(decided, plan).filter(isSeen)];
}

/** Whose choice a place or a size is: what is as it was says nothing to anybody. */
const WHOSE = new Set(["autoPlaced", "ownSize"]);

function isSeen({ fields }: Difference): boolean {
  return fields?.every((field) => WHOSE.has(field)) !== true;
}

/** What an agent may change of what was approved: where things are, and what is done. */
const WORK = new Set(["x", "y", "width", "height", "autoPlaced", "ownSize", "done"]);

/** Whether a change is of what was decided on, and not of its place, or of a task that is ticked. */
export function isOfSubstance({ change, what, fields }: ChangeSince): boolean {
  return !(what === "element" && change === "updated" && fields?.every((field) => WORK.has(field)) === true);
}

/** The change without what is no matter of it. */
export function ofSubstance(change: ChangeSince): ChangeSince {
  if (change.what !== "element" || change.fields === undefined) return change;
  return { ...change, fields: change.fields.filter((field) => !WORK.has(field)) };
}

/** What was decided on, with what a person changed of it: their own edits are no changes since. */
export function withOwnEdits(decided: DecidedPlan, before: Plan, after: Plan): DecidedPlan {
  const differences = diffPlans(before, after);
  return {
    ...decided,
    title: before.title === after.title ? decided.title : after.title,
    elements: takeOver(decided.elements, after.elements, ofKind(differences, "element")),
    connections: takeOver(decided.connections, after.connections, ofKind(differences, "connection")),
  };
}

function ofKind(differences: readonly Difference[], kind: Difference["what"]): readonly Difference[] {
  return differences.filter(({ what }) => what === kind);
}

function takeOver<T extends { readonly id: string }>(
  decided: readonly T[],
  after: readonly T[],
  differences: readonly Difference[],
): readonly T[] {
  const members = new Map(decided.map((member) => [member.id, member]));
  const now = new Map(after.map((member) => [member.id, member]));
  for (const { change, id, fields = [] } of differences) {
    const [old, changed] = [members.get(id), now.get(id)];
    if (changed === undefined) members.delete(id);
    else if (change === "added") members.set(id, changed);
    else if (old !== undefined) members.set(id, withFields(old, changed, fields));
  }
  return [...members.values()];
}

function withFields<T extends object>(old: T, changed: T, fields: readonly string[]): T {
  const kept = without(old, ...fields);
  const taken = Object.entries(changed).filter(([name]) => fields.includes(name));
  return { ...kept, ...Object.fromEntries(taken) } as T;
}
