import { useCallback, useEffect, useState } from "react";
import { copyText } from "../state/copy-text.ts";
import { usePage } from "../state/page-state.ts";
import { markedText, type MarkedText } from "./text-selection.ts";
import { ToolButton } from "./tool-button.tsx";

const BAR_HEIGHT = 54;
const BAR_WIDTH = 130;
const COMMENT_OFFSET = { x: 24, y: -4 };

/** What can be done with words that are marked: comment on them, suggest others, copy them. */
export function TextSelectionBar() {
  const [marked, setMarked] = useState<MarkedText | null>(null);
  const look = useCallback(() => setMarked(markedText()), []);
  // Where nothing is marked, a wheel is none of its business: to ask lays out the page.
  const isAny = marked !== null;
  useEffect(() => {
    document.addEventListener("selectionchange", look);
    if (!isAny) return () => document.removeEventListener("selectionchange", look);
    document.addEventListener("scroll", look, true);
    document.addEventListener("wheel", look, { passive: true, capture: true });
    return () => {
      document.removeEventListener("selectionchange", look);
      document.removeEventListener("scroll", look, true);
      document.removeEventListener("wheel", look, true);
    };
  }, [isAny, look]);
  if (marked === null) return null;
  const { box } = marked;
  const top = box.top > BAR_HEIGHT + 60 ? box.top - BAR_HEIGHT : box.bottom + 8;
  const left = Math.max(8, Math.min(box.left + box.width / 2 - BAR_WIDTH / 2, innerWidth - BAR_WIDTH - 8));
  return (
    <div
      className="selection-bar text-bar"
      role="toolbar"
      aria-label="Marked text"
      data-testid="text-bar"
      style={{ top, left }}
      // The text stays marked.
      onMouseDown={(event) => event.preventDefault()}
    >
      <ToolButton
        icon="comment"
        label="Comment on it (C)"
        data-testid="comment-text"
        onClick={() => commentOn(marked, false)}
      />
      <ToolButton
        icon="edit"
        label="Suggest other words (S)"
        data-testid="suggest-text"
        onClick={() => commentOn(marked, true)}
      />
      <ToolButton
        icon="copy"
        label="Copy"
        data-testid="copy-text"
        onClick={() => void copyText(marked.quote.text, "Copied.")}
      />
    </div>
  );
}

/** Lets the person write about words. */
export function commentOn({ elementId, quote }: MarkedText, suggests: boolean): void {
  usePage.setState({ composing: { elementId, ...COMMENT_OFFSET, quote, suggests }, placingComment: false });
}
