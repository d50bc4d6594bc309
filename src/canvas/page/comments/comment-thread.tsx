import { memo } from "react";
import type { PlanComment } from "../../../plans/plan.ts";
import { MarkdownText } from "../elements/markdown.tsx";
import { usePlan } from "../sync/plan-store.ts";
import { remarkId } from "../sync/review-round.ts";
import { reply, setResolved } from "./comment-actions.ts";
import { CommentAuthor } from "./comment-author.tsx";
import { CommentQuote } from "./comment-quote.tsx";
import { DraftButtons } from "./draft-buttons.tsx";
import { RemarkForm } from "./remark-form.tsx";
import { TitleText } from "../elements/title-text.tsx";

interface CommentThreadProps {
  readonly comment: PlanComment;
  readonly active: boolean;
  readonly choose: () => void;
  /** It stands beside what it is about, which need not be said. */
  readonly isBeside?: boolean;
}

/** A comment, what was replied, and a place to reply. */
export const CommentThread = memo(function CommentThread({
  comment,
  active,
  choose,
  isBeside = false,
}: CommentThreadProps) {
  const title = usePlan(({ elements }) =>
    comment.elementId === null ? null : elements.get(comment.elementId)?.title || "untitled",
  );
  // Nobody but the person knows of it: they send it, or take it back.
  const isDraft = usePlan(({ round }) => round.some((remark) => remarkId(remark) === comment.id));
  const resolved = comment.resolved === true;
  const resolve = (
    <button
      type="button"
      className="button button-quiet thread-resolve"
      data-testid="comment-resolve"
      onClick={() => setResolved(comment, !resolved)}
    >
      {resolved ? "Reopen" : "Resolve"}
    </button>
  );
  return (
    <article
      className="thread"
      data-testid={`comment-${comment.id}`}
      data-active={active || undefined}
      data-resolved={resolved || undefined}
    >
      {!isBeside && (
        <div className="thread-head">
          <button type="button" className="thread-place" onClick={choose} aria-expanded={active}>
            {title === null ? "On the canvas" : <TitleText title={title} />}
          </button>
          {!isDraft && resolve}
        </div>
      )}
      {comment.quote !== undefined && <CommentQuote quote={comment.quote.text} suggestion={comment.suggestion} />}
      <Remark id={comment.id} author={comment.author} text={comment.text} at={comment.created} />
      {comment.thread.map(({ id, author, text, created }) => (
        <Remark key={id} id={id} author={author} text={text} at={created} />
      ))}
      {isBeside && !isDraft && (
        <div className="thread-foot">
          <ReplyButton active={active} choose={choose} />
          {resolve}
        </div>
      )}
      {active && !resolved && !isDraft && (
        <RemarkForm label="Reply" testId="reply" send={(text) => reply(comment.id, text)} />
      )}
    </article>
  );
});

function ReplyButton({ active, choose }: Pick<CommentThreadProps, "active" | "choose">) {
  const open = (button: HTMLElement) => {
    choose();
    const thread = button.closest(".thread");
    requestAnimationFrame(() => thread?.querySelector<HTMLElement>(".remark-form .field")?.focus());
  };
  return (
    <button
      type="button"
      className="button button-quiet thread-resolve"
      data-testid="comment-reply"
      onClick={({ currentTarget }) => open(currentTarget)}
      aria-expanded={active}
    >
      Reply
    </button>
  );
}

function Remark(props: { readonly id: string; readonly author: string; readonly text: string; readonly at: string }) {
  return (
    <div className="remark">
      <CommentAuthor author={props.author} at={props.at} />
      <MarkdownText text={props.text} />
      <DraftButtons id={props.id} />
    </div>
  );
}
