import { isComplete } from "../../plans/edit-journal.ts";
import { oneEach, withoutPlace } from "../../plans/feedback.ts";
import { authorName, type Author, type PlanComment } from "../../plans/plan.ts";
import type { StoredPlan } from "../../plans/plan-store-port.ts";
import { jsonBytes } from "../tools/answer.ts";
import { editView } from "./edit-view.ts";
import type { Look } from "./seen-plans.ts";

const MOST_BYTES = 12_000;
const MOST_COMMENTS = 100;

/** What others have done to a plan since a session looked at it, for that session: its own edits are no news. */
export function sinceLook({ plan }: StoredPlan, look: Look | undefined, self: Author): Record<string, unknown> {
  if (look === undefined) return {};
  const made = (plan.edits ?? []).filter(({ revision }) => revision > look.revision && !look.own.includes(revision));
  const all = oneEach(made)
    .flatMap(withoutPlace)
    .map((edit) => {
      const { at: _at, ...view } = editView(plan, edit);
      return { by: authorName(edit.by), ...view };
    });
  const comments = plan.comments.filter((comment) => saysNews(comment, look.at, authorName(self)));
  const isAll = isComplete(plan.edits ?? [], look.revision);
  if (all.length === 0 && comments.length === 0 && isAll) return { changedSinceYourLook: "nothing" };
  let room = MOST_BYTES;
  const edits = all.toReversed().filter((view) => (room -= jsonBytes([[view]])) > 0);
  return {
    changedSinceYourLook: {
      ...(edits.length > 0 && { edits: edits.toReversed() }),
      ...(edits.length < all.length && { moreEdits: all.length - edits.length }),
      ...(isAll ? {} : { note: "Older changes are not known any more: read the whole plan." }),
      ...(comments.length > 0 && { newComments: comments.slice(-MOST_COMMENTS).map(({ id }) => id) }),
    },
  };
}

function saysNews(comment: PlanComment, since: string, self: string): boolean {
  return [comment, ...comment.thread].some(({ author, created }) => created > since && author !== self);
}
