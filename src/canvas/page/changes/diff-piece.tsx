import { memo, startTransition, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Diff, getChangeKey, Hunk, type ChangeData, type EventMap } from "react-diff-view";
import { visibleText } from "../state/visible-text.ts";
import type { DiffView, Piece } from "./pieces.ts";
import { highlighted, useHighlighter } from "./highlight.ts";

/** How a line is drawn that is not wrapped: what is not drawn takes as much room. */
const LINE_HEIGHT = 21;
/** So much above and below what is seen is drawn as well. */
const MARGIN = "900px 0px";

interface DiffPieceProps {
  readonly piece: Piece;
  readonly path: string;
  readonly view: DiffView;
  /** The keys of its lines that are marked, with a blank between. */
  readonly marked: string;
  readonly widgets: Readonly<Record<string, ReactNode>>;
  readonly events: EventMap;
}

/** A part of a file's diff: drawn while it is near what is seen, else as high as it was. */
export const DiffPiece = memo(function DiffPiece({ piece, path, view, marked, widgets, events }: DiffPieceProps) {
  const { hunk, isFirst } = piece;
  const frame = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  const height = useRef(hunk.changes.length * LINE_HEIGHT);
  useEffect(() => {
    const shown = frame.current;
    if (shown === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const near = entries.at(-1)?.isIntersecting === true;
        if (!near && shown.offsetHeight > 0) height.current = shown.offsetHeight;
        // Bit by bit: what comes into sight all at once stops nobody.
        startTransition(() => setNear(near));
      },
      { root: shown.closest(".diffs"), rootMargin: MARGIN },
    );
    observer.observe(shown);
    return () => observer.disconnect();
  }, []);
  // What somebody writes on stays.
  const isDrawn = isNear || Object.keys(widgets).length > 0;
  const keys = useMemo(() => hunk.changes.map((line) => getChangeKey(line)).join(" "), [hunk]);
  return (
    <div
      ref={frame}
      className="piece"
      data-keys={keys}
      style={isDrawn ? undefined : { height: height.current }}
      data-drawn={isDrawn}
    >
      {isDrawn && <DrawnPiece {...{ piece, path, view, marked, widgets, events, isFirst }} />}
    </div>
  );
});

function DrawnPiece({ piece, path, view, marked, widgets, events }: DiffPieceProps) {
  const highlighter = useHighlighter((state) => state.highlighter);
  const hunk = useMemo(() => ({ ...piece.hunk, changes: piece.hunk.changes.map((line) => shownLine(line)) }), [piece]);
  const tokens = useMemo(() => highlighted(hunk, path, highlighter), [hunk, path, highlighter]);
  const hunks = useMemo(() => [hunk], [hunk]);
  const selected = useMemo(() => (marked === "" ? [] : marked.split(" ")), [marked]);
  return (
    <>
      {piece.isFirst && <p className="hunk-head">{visibleText(piece.hunk.content)}</p>}
      <Diff
        viewType={view}
        diffType="modify"
        hunks={hunks}
        tokens={tokens}
        widgets={widgets}
        selectedChanges={selected}
        gutterEvents={events}
        optimizeSelection
      >
        {(all) => all.map((one) => <Hunk key={one.content} hunk={one} />)}
      </Diff>
    </>
  );
}

/** What nobody would see in a line is marked. */
function shownLine(line: ChangeData): ChangeData {
  return { ...line, content: visibleText(line.content).replaceAll("\r", "‹CR›") };
}
