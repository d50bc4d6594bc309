import type { StoredPlan } from "./plan-store-port.ts";
import { oldestWords } from "./old-words.ts";
import { PERSON, type Decision, type EditEntry, type PlanComment, type PlanStatus } from "./plan.ts";

/** Of an element, what nobody reads: to move it says nothing. */
const PLACE: ReadonlySet<string> = new Set(["x", "y", "width", "height", "autoPlaced", "ownSize"]);

/** What a person has done to a plan after a moment. */
export interface Feedback {
  readonly status: Decision | "feedback_received" | "none";
  readonly planStatus: PlanStatus;
  readonly note?: string;
  /** Comments of a person, and comments with a person's reply, that are new since; oldest first. */
  readonly newComments: readonly PlanComment[];
  /** A person's edits, one entry an element or connection, oldest first. */
  readonly edits: readonly EditEntry[];
  /** ISO 8601: the moment of the latest of it all, or `since` where there is none. */
  readonly until: string;
}

/**
 * What a person did after `since`.
 *
 * @param since ISO 8601
 */
export function feedbackSince({ plan, meta }: StoredPlan, since: string): Feedback {
  const { decision, decidedAt = "", finishedAt = "", note, state } = meta.review;
  const isDecided = state === "decided" && decision !== undefined && decidedAt > since;
  const newComments = plan.comments
    .map((comment) => ({ comment, at: lastWordOfPerson(comment) }))
    .filter(({ at }) => at > since)
    .toSorted((one, other) => compare(one.comment.created, other.comment.created));
  const made = (plan.edits ?? []).filter((edit) => edit.by.kind === "person" && edit.at > since);
  const edits = oneEach(made).flatMap(withoutPlace);
  const moments = [since, ...newComments.map(({ at }) => at), ...made.map((edit) => edit.at)];
  if (isDecided) moments.push(decidedAt);
  if (finishedAt > since) moments.push(finishedAt);
  // What was edited on a page goes with the comments or the decision that the person sends from there.
  const isAny = newComments.length > 0 || finishedAt > since || edits.some((edit) => !isOfPage(edit));
  return {
    status: isDecided ? decision : isAny ? "feedback_received" : "none",
    planStatus: meta.status,
    ...(isDecided && note !== undefined && { note }),
    newComments: newComments.map(({ comment }) => comment),
    edits,
    until: moments.reduce((latest, moment) => (moment > latest ? moment : latest)),
  };
}

/** Whether an edit is a part of a review that the person has yet to send. */
export function isOfPage({ by }: EditEntry): boolean {
  return by.kind === "person" && by.page === true;
}

/** Nothing of an edit that only moves or resizes; of others what is left of it. */
export function withoutPlace(edit: EditEntry): readonly EditEntry[] {
  if (edit.what !== "element" || edit.change !== "updated" || edit.fields === undefined) return [edit];
  const fields = edit.fields.filter((field) => !PLACE.has(field));
  if (fields.length === edit.fields.length) return [edit];
  return fields.length === 0 ? [] : [{ ...edit, fields }];
}

/** Whether an edit only moves or resizes. */
export function isOnlyPlace(edit: EditEntry): boolean {
  return withoutPlace(edit).length === 0;
}

/** Whether an edit puts an element elsewhere, and does nothing else. */
export function isMove(edit: EditEntry): boolean {
  return isOnlyPlace(edit) && edit.fields?.some((field) => field === "x" || field === "y") === true;
}

/** When a person last said something in a comment or its thread; the empty text where none has. */
function lastWordOfPerson(comment: PlanComment): string {
  const words = [comment, ...comment.thread].filter((word) => word.author === PERSON);
  return words.reduce((latest, word) => (word.created > latest ? word.created : latest), "");
}

/** One entry for each thing, at the place of its last; what came and went again is not told. */
export function oneEach(edits: readonly EditEntry[]): readonly EditEntry[] {
  const merged = new Map<string, EditEntry>();
  for (const edit of edits) {
    const key = `${edit.what} ${edit.id}`;
    const earlier = merged.get(key);
    merged.delete(key);
    const both = earlier === undefined ? edit : mergeEdits(earlier, edit);
    // Of an edit that counts and one that is yet to be sent, the first calls.
    const caller = earlier !== undefined && !isOfPage(earlier) ? earlier.by : edit.by;
    if (both !== undefined) merged.set(key, { ...both, by: caller });
  }
  return [...merged.values()];
}

function mergeEdits(earlier: EditEntry, later: EditEntry): EditEntry | undefined {
  if (earlier.change === "added")
    return later.change === "deleted" ? undefined : { ...earlier, at: later.at, revision: later.revision };
  // Deleted and brought back: what it is now may differ in anything.
  if (later.change === "added") return { ...later, change: "updated", ...oldestWords(earlier, later) };
  if (later.change === "deleted") return { ...later, ...oldestWords(earlier, later) };
  // Brought back, or changed as a whole.
  if (earlier.change === "updated" && earlier.fields === undefined) {
    return { ...earlier, at: later.at, revision: later.revision };
  }
  const fields = [...new Set([...(earlier.fields ?? []), ...(later.fields ?? [])])];
  return { ...later, fields, ...oldestWords(earlier, later) };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
