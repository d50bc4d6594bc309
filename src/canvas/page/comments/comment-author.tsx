import { PERSON } from "../../../plans/plan.ts";
import { visibleText } from "../state/visible-text.ts";

/** Who said it, and when. */
export function CommentAuthor({ author, at }: { readonly author: string; readonly at: string }) {
  return (
    <div className="comment-author">
      <span className="avatar" data-agent={author !== PERSON || undefined} aria-hidden="true">
        {initialOf(author)}
      </span>
      <strong>{author === PERSON ? "You" : visibleText(author)}</strong>
      <time dateTime={at} title={at}>
        {timeOf(at)}
      </time>
    </div>
  );
}

export function initialOf(author: string): string {
  return (author === PERSON ? "Y" : author.slice(0, 1)).toUpperCase();
}

function timeOf(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  const today = date.toDateString() === new Date().toDateString();
  const options = today ? { timeStyle: "short" as const } : { dateStyle: "medium" as const };
  return date.toLocaleString(undefined, options);
}
