import { visibleText } from "../state/visible-text.ts";

interface CommentQuoteProps {
  readonly quote: string;
  /** What somebody would write instead. */
  readonly suggestion?: string | undefined;
}

/** The words that a comment is about. */
export function CommentQuote({ quote, suggestion }: CommentQuoteProps) {
  if (suggestion === undefined) return <blockquote className="comment-quote">{visibleText(quote)}</blockquote>;
  return (
    <blockquote className="comment-quote">
      <del>{visibleText(quote)}</del> <ins data-testid="suggestion">{visibleText(suggestion)}</ins>
    </blockquote>
  );
}
