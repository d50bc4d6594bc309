import { useShallow } from "zustand/react/shallow";
import { CommentComposer } from "../comments/comment-composer.tsx";
import { CommentThread } from "../comments/comment-thread.tsx";
import { usePage } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";

/** What is said about an element, or, of `null`, about the plan as a whole; and where the person says more. */
export function PartComments({ elementId }: { readonly elementId: string | null }) {
  const comments = usePlan(
    useShallow(
      ({ plan }) =>
        plan?.comments.filter((comment) => comment.elementId === elementId && comment.resolved !== true) ?? [],
    ),
  );
  const composing = usePage((page) => (page.composing?.elementId === elementId ? page.composing : null));
  const active = usePage((page) => page.activeComment);
  if (comments.length === 0 && composing === null) return null;
  return (
    <aside className="part-comments" aria-label="Comments">
      {comments.map((comment) => (
        <CommentThread
          key={comment.id}
          comment={comment}
          isBeside
          active={comment.id === active}
          choose={() => usePage.setState({ activeComment: comment.id === active ? null : comment.id })}
        />
      ))}
      {composing !== null && (
        <section className="thread" aria-label="New comment">
          <CommentComposer place={composing} />
        </section>
      )}
    </aside>
  );
}
