import type { PlanComment } from "../../../plans/plan.ts";
import { usePage, type CommentPlace } from "../state/page-state.ts";
import { newId } from "../sync/new-id.ts";
import { collect, edit } from "../sync/plan-session.ts";

/** Pins a comment there; it is sent with the person's review. */
export function addComment(place: CommentPlace, text: string): void {
  const comment = {
    id: newId("c"),
    text,
    elementId: place.elementId,
    x: Math.round(place.x),
    y: Math.round(place.y),
    ...(place.quote === undefined ? {} : { quote: { ...place.quote } }),
    ...(place.suggests === true ? { suggestion: text } : {}),
  };
  collect({ op: "add_comment", comment });
  usePage.setState({ composing: null, activeComment: comment.id });
}

export function reply(commentId: string, text: string): void {
  collect({ op: "reply_to_comment", commentId, reply: { id: newId("r"), text } });
}

export function setResolved(comment: PlanComment, resolved: boolean): void {
  edit([{ op: "update_comment", id: comment.id, changes: { resolved } }]);
}

/** Opens the panel at that comment. */
export function showComment(id: string): void {
  usePage.setState({ commentsOpen: true, historyOpen: false, activeComment: id, composing: null });
}
