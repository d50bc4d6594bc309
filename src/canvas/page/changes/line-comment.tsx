import { useState } from "react";
import type { LineComment } from "../../changes-api.ts";
import { visibleText } from "../state/visible-text.ts";
import { CommentForm } from "./comment-form.tsx";
import { keepRound } from "./changes-session.ts";
import { useChanges } from "./changes-store.ts";

/** Where a comment is, in words. */
export function placeWords({ side, from, to }: Pick<LineComment, "side" | "from" | "to">): string {
  const lines = from === to ? `line ${from}` : `lines ${from} to ${to}`;
  return side === "old" ? `${lines} as it was` : lines;
}

function change(next: (comments: readonly LineComment[]) => readonly LineComment[]): void {
  keepRound({ comments: next(useChanges.getState().comments) });
}

/** One comment of the round. */
export function LineCommentView({ comment }: { readonly comment: LineComment }) {
  const [edits, setEdits] = useState(false);
  const { id, text, quote, isOutdated } = comment;
  const place = placeWords(comment);
  if (edits) {
    return (
      <CommentForm
        label={`Comment on ${place}`}
        first={text}
        save={(now) => {
          change((all) => all.map((one) => (one.id === id ? { ...one, text: now } : one)));
          setEdits(false);
        }}
        leave={() => setEdits(false)}
      />
    );
  }
  return (
    <article
      className="line-comment"
      data-testid="comment"
      data-outdated={isOutdated === true}
      aria-label={`Comment on ${place}`}
    >
      <p className="line-comment-place">
        <span>{`${place[0]?.toUpperCase()}${place.slice(1)}`}</span>
        {isOutdated === true && (
          <span className="chip" data-kind="warn" data-testid="outdated">
            outdated: these lines have changed
          </span>
        )}
      </p>
      {isOutdated === true && <pre className="line-comment-quote">{visibleText(quote.join("\n"))}</pre>}
      <p className="line-comment-text">{visibleText(text)}</p>
      <div className="line-comment-buttons">
        <button type="button" className="button button-quiet" onClick={() => setEdits(true)}>
          Edit
        </button>
        <button
          type="button"
          className="button button-quiet"
          data-testid="comment-delete"
          onClick={() => change((all) => all.filter((one) => one.id !== id))}
        >
          Delete
        </button>
      </div>
    </article>
  );
}
