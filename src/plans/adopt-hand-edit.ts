import { diffPlans, type Difference } from "./diff-plans.ts";
import { without } from "./clean-json.ts";
import { isComplete, recordEdit } from "./edit-journal.ts";
import { oldWords } from "./old-words.ts";
import type { EditEntry, Plan, PlanComment } from "./plan.ts";
import { UNKNOWN_MOMENT } from "./repair-comments.ts";

/**
 * A plan that somebody changed by hand, as a person's edit with a revision of its own. The same object where nothing
 * that a plan tells of is another.
 *
 * @param known the plan as it was last seen; other stores may have written since
 * @param now ISO 8601
 */
export function adoptHandEdit(known: Plan, found: Plan, now: string): Plan {
  if (known === found) return found;
  const differences = unexplained(known, found);
  const comments = withTimes(known, found, now);
  const isSame =
    differences.length === 0 &&
    known.title === found.title &&
    JSON.stringify(comments) === JSON.stringify(known.comments);
  if (isSame) return found;
  const revision = Math.max(known.revision, found.revision) + 1;
  const edits = differences.reduce<readonly EditEntry[]>(
    (journal, difference) => {
      const { what, id, fields } = difference;
      const all: readonly { readonly id: string }[] = what === "element" ? known.elements : known.connections;
      const old = oldWords(
        all.find((one) => one.id === id),
        fields,
      );
      return recordEdit(journal, { revision, at: now, by: { kind: "person" }, ...difference, ...old });
    },
    // A person who restores an old file takes nothing out of the journal.
    (known.edits?.at(-1)?.revision ?? 0) > (found.edits?.at(-1)?.revision ?? 0) ? known.edits! : (found.edits ?? []),
  );
  return { ...found, elements: withoutSigner(found, differences), comments, revision, edits };
}

/** Whoever wrote an answer into the file may have written any name beside it. */
function withoutSigner({ elements }: Plan, differences: readonly Difference[]): Plan["elements"] {
  const answered = new Set(differences.filter(isOfAnswer).map(({ id }) => id));
  if (answered.size === 0) return elements;
  return elements.map((element) =>
    answered.has(element.id) ? (without(element, "answeredBy") as typeof element) : element,
  );
}

function isOfAnswer({ change, fields = [] }: Difference): boolean {
  return change === "added" || fields.includes("answer") || fields.includes("answeredBy");
}

/** What is different and was not done by a store since the plan was last seen. */
function unexplained(known: Plan, found: Plan): readonly Difference[] {
  const journal = found.edits ?? [];
  // What was done in between is no longer told: nothing can be said of who did what.
  if (!isComplete(journal, known.revision)) return [];
  const explained = new Set(
    journal.filter((edit) => edit.revision > known.revision).map((edit) => `${edit.what} ${edit.id}`),
  );
  const placed = new Set(found.elements.filter((element) => element.autoPlaced === true).map((element) => element.id));
  return diffPlans(known, found)
    .filter((difference) => !explained.has(`${difference.what} ${difference.id}`))
    .filter(({ change, what, id, fields }) => {
      const isMoved = change === "updated" && what === "element" && placed.has(id);
      // The layout moves what nobody has placed.
      return !(isMoved && found.revision > known.revision && fields?.every((field) => field === "x" || field === "y"));
    });
}

/** Remarks that are new and do not say when they were made were made now. */
function withTimes(known: Plan, found: Plan, now: string): readonly PlanComment[] {
  const old = new Set(known.comments.flatMap((comment) => [comment.id, ...comment.thread.map((reply) => reply.id)]));
  const dated = <T extends { readonly id: string; readonly created: string }>(remark: T): T =>
    remark.created === UNKNOWN_MOMENT && !old.has(remark.id) ? { ...remark, created: now } : remark;
  return found.comments.map((comment) => dated({ ...comment, thread: comment.thread.map(dated) }));
}
