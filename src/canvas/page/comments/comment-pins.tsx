import { useStore, ViewportPortal } from "@xyflow/react";
import { memo } from "react";
import { useShallow } from "zustand/react/shallow";
import type { PlanComment } from "../../../plans/plan.ts";
import { useHeld } from "../state/held.ts";
import { usePage } from "../state/page-state.ts";
import { usePlan } from "../sync/plan-store.ts";
import { showComment } from "./comment-actions.ts";
import { initialOf } from "./comment-author.tsx";
import { visibleText } from "../state/visible-text.ts";

const EDGE_OFFSET = 12;
const STACK_STEP = 26;
/** Of a comment, to who hears of its pin: the panel has all of it. */
const MOST_SAID = 500;

/** A pin for each comment that is not resolved, where it was put. */
export function CommentPins() {
  const comments = usePlan((state) => state.plan?.comments);
  const open = comments?.filter(({ resolved }) => resolved !== true) ?? [];
  const onElement = Map.groupBy(open, ({ elementId }) => elementId);
  return (
    <ViewportPortal>
      {open.map((comment) => (
        <CommentPin
          key={comment.id}
          comment={comment}
          order={onElement.get(comment.elementId)?.indexOf(comment) ?? 0}
        />
      ))}
    </ViewportPortal>
  );
}

/** @param order among the pins of the same element; those without a place of their own stand in a row */
const CommentPin = memo(function CommentPin({
  comment,
  order,
}: {
  readonly comment: PlanComment;
  readonly order: number;
}) {
  const active = usePage((page) => page.commentsOpen && page.activeComment === comment.id);
  const held = useHeld(({ places }) => places.get(comment.elementId ?? ""));
  const [x, y] = useStore(
    useShallow(({ nodeLookup }) => {
      const node = comment.elementId === null ? undefined : nodeLookup.get(comment.elementId);
      const corner = held ?? node?.internals.positionAbsolute ?? { x: 0, y: 0 };
      const width = node?.measured.width ?? 0;
      const own = comment.x !== undefined && comment.y !== undefined;
      return own
        ? [corner.x + (comment.x ?? 0), corner.y + (comment.y ?? 0)]
        : [corner.x + width - EDGE_OFFSET - order * STACK_STEP, corner.y - 4];
    }),
  );
  const replies = comment.thread.length;
  return (
    <button
      type="button"
      className="pin nodrag nopan"
      data-testid={`comment-pin-${comment.id}`}
      data-active={active || undefined}
      data-agent={comment.author !== "user" || undefined}
      style={{ left: x, top: y }}
      aria-label={`Comment of ${visibleText(comment.author)}: ${visibleText(comment.text.slice(0, MOST_SAID))}${replies > 0 ? `, ${replies} replies` : ""}`}
      data-mark={replies > 0 ? replies + 1 : initialOf(comment.author)}
      onClick={() => showComment(comment.id)}
    />
  );
});
