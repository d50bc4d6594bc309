import { cleanObject } from "./clean-json.ts";
import { changedFields } from "./diff-plans.ts";
import { checkElement } from "./element-operations.ts";
import {
  applyFields,
  checkFields,
  checkId,
  checkValue,
  COMMENT_RULES,
  refused,
  remark,
  type Refused,
} from "./operation-checks.ts";
import type { CommentChanges, Operation } from "./operations.ts";
import { authorName, type PlanComment } from "./plan.ts";
import type { PlanDraft } from "./plan-draft.ts";
import { LIMITS } from "./plan-limits.ts";

type Of<Name extends Operation["op"]> = Extract<Operation, { op: Name }>;

export function addComment(draft: PlanDraft, { comment: given }: Of<"add_comment">): string | Refused {
  const refusal =
    checkFields(COMMENT_RULES, given) ?? checkId("comment", given.id) ?? checkValue("text", remark, given.text);
  if (refusal !== undefined) return refusal;
  const id: string = given.id;
  const author = authorName(draft.author);
  const there = draft.comments.get(id);
  if (there !== undefined) {
    return there.author === author ? id : refused("invalid", `There is a comment "${id}" already: choose another id.`);
  }
  const elementId = given.elementId ?? null;
  const missing = elementId === null ? undefined : checkElement(draft, elementId);
  if (missing !== undefined) return missing;
  if (draft.comments.size >= LIMITS.comments) {
    return refused("too_large", `A plan holds at most ${LIMITS.comments} comments.`);
  }
  const own = { author, created: draft.now, thread: [] };
  const comment: PlanComment = {
    ...applyFields(cleanObject(given) as typeof given, {}, COMMENT_RULES),
    elementId,
    ...own,
  };
  draft.comments.set(id, comment);
  draft.touch();
  return id;
}

export function updateComment(draft: PlanDraft, { id, changes: given }: Of<"update_comment">): string | Refused {
  const refusal = checkFields(COMMENT_RULES, given);
  if (refusal !== undefined) return refusal;
  const before = draft.comments.get(id);
  if (before === undefined) return missingComment(id);
  if (draft.author.kind === "agent" && before.author !== authorName(draft.author)) {
    return refused(
      "not_allowed",
      `The comment "${id}" is ${before.author}'s: an agent changes only its own. Reply to it.`,
    );
  }
  const changes = only(given, ["x", "y", "elementId", "resolved"]);
  if (changes === undefined) {
    return refused("invalid", "Expected changes of a comment to be some of x, y, elementId and resolved.");
  }
  if (changedFields(before, changes).length === 0) return id;
  const elementId = changes.elementId === undefined ? before.elementId : changes.elementId;
  const missing = elementId === null ? undefined : checkElement(draft, elementId);
  if (missing !== undefined) return missing;
  draft.comments.set(id, { ...applyFields(before, changes, COMMENT_RULES), elementId });
  draft.touch();
  return id;
}

export function deleteComment(draft: PlanDraft, { id }: Of<"delete_comment">): string | Refused {
  if (typeof id !== "string") return refused("invalid", "Expected the id of a comment.");
  const comment = draft.comments.get(id);
  if (comment === undefined) return id;
  if (comment.author !== authorName(draft.author)) {
    return refused("not_allowed", `The comment "${id}" is ${comment.author}'s: only who wrote it deletes it.`);
  }
  draft.comments.delete(id);
  draft.touch();
  return id;
}

export function replyToComment(
  draft: PlanDraft,
  { commentId, reply: given }: Of<"reply_to_comment">,
): string | Refused {
  const refusal = checkFields(new Map(), given) ?? checkId("reply", given.id) ?? checkValue("text", remark, given.text);
  if (refusal !== undefined) return refusal;
  const comment = draft.comments.get(commentId);
  if (comment === undefined) return missingComment(commentId);
  const id: string = given.id;
  const author = authorName(draft.author);
  const there = comment.thread.find((reply) => reply.id === id);
  if (there?.author === author) return id;
  if (hasReply(draft, id)) return refused("invalid", `There is a reply "${id}" already: choose another id.`);
  if (comment.thread.length >= LIMITS.repliesOfOneComment) {
    return refused("too_large", `A comment holds at most ${LIMITS.repliesOfOneComment} replies.`);
  }
  const reply = { ...cleanObject(given), id, text: given.text, author, created: draft.now };
  draft.comments.set(commentId, { ...comment, thread: [...comment.thread, reply] });
  draft.touch();
  return id;
}

function hasReply(draft: PlanDraft, id: string): boolean {
  return [...draft.comments.values()].some((comment) => comment.thread.some((reply) => reply.id === id));
}

/** The changes, unless they name other fields. */
function only(changes: CommentChanges, names: readonly string[]): CommentChanges | undefined {
  return Object.keys(changes).every((name) => names.includes(name)) ? changes : undefined;
}

function missingComment(id: unknown): Refused {
  return refused("not_found", `There is no comment ${JSON.stringify(id)} in the plan.`);
}
