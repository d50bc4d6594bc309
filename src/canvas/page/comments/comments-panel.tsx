import { motionMs } from "../theme/motion.ts";
import { useReactFlow } from "@xyflow/react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { PlanComment } from "../../../plans/plan.ts";
import { Icon } from "../elements/icons.tsx";
import { useFocusBack } from "../elements/keep-focus.ts";
import { useGoTo } from "../state/go-to.ts";
import { usePage } from "../state/page-state.ts";
import { isDocument } from "../state/view.ts";
import { usePlan } from "../sync/plan-store.ts";
import { CommentThread } from "./comment-thread.tsx";

const MOST_LISTED = 100;

/** All comments, oldest first; choosing one shows where it is pinned. */
export function CommentsPanel() {
  useFocusBack();
  const comments = usePlan((state) => state.plan?.comments) ?? [];
  const [showResolved, setShowResolved] = useState(false);
  const activeId = usePage((page) => page.activeComment);
  const active = comments.find(({ id }) => id === activeId);
  const shown = comments.filter((comment) => showResolved || comment.resolved !== true || comment === active);
  const [all, setAll] = useState(false);
  const listed = all ? shown : shown.filter((comment, index) => index < MOST_LISTED || comment === active);
  const resolved = comments.filter((comment) => comment.resolved === true).length;
  const jump = useJump();
  return (
    <aside className="panel" data-testid="comments-panel" aria-label="Comments">
      <header className="panel-head">
        <h2>Comments</h2>
        {resolved > 0 && (
          <label className="panel-filter">
            <input type="checkbox" checked={showResolved} onChange={({ target }) => setShowResolved(target.checked)} />
            {`Resolved (${resolved})`}
          </label>
        )}
        <button
          type="button"
          className="button button-quiet button-icon"
          aria-label="Close the comments"
          onClick={closePanel}
        >
          <Icon name="close" />
        </button>
      </header>
      {shown.length === 0 && (
        <p className="panel-empty">
          Nothing here yet. Press <kbd>C</kbd>, then click on the plan: comments go to the agent when you finish your
          review.
        </p>
      )}
      <ol className="comment-list">
        {listed.map((comment) => (
          <ActiveIntoView key={comment.id} active={comment.id === activeId}>
            <CommentThread comment={comment} active={comment.id === activeId} choose={() => jump(comment)} />
          </ActiveIntoView>
        ))}
      </ol>
      {listed.length < shown.length && (
        <button type="button" className="button button-quiet" onClick={() => setAll(true)}>
          {`Show all ${shown.length} comments`}
        </button>
      )}
    </aside>
  );
}

function ActiveIntoView({ active, children }: { readonly active: boolean; readonly children: ReactNode }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (active) item.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return <li ref={item}>{children}</li>;
}

/** Moves the view to where a comment is pinned. */
function useJump(): (comment: PlanComment) => void {
  const { setCenter, getZoom } = useReactFlow();
  const goTo = useGoTo();
  return (comment) => {
    usePage.setState({ activeComment: comment.id });
    const element = comment.elementId === null ? undefined : usePlan.getState().elements.get(comment.elementId);
    if (element !== undefined) goTo(element.id, { focus: false });
    else if (isDocument()) document.querySelector(".part-whole")?.scrollIntoView();
    else void setCenter(comment.x ?? 0, comment.y ?? 0, { zoom: Math.max(getZoom(), 0.7), duration: motionMs(350) });
  };
}

function closePanel(): void {
  usePage.setState({ commentsOpen: false, activeComment: null });
}
