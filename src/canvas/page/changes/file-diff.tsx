import { useMemo, type ReactNode } from "react";
import { getChangeKey, type EventMap } from "react-diff-view";
import { useShallow } from "zustand/react/shallow";
import type { LineComment } from "../../changes-api.ts";
import { CommentForm } from "./comment-form.tsx";
import { keepRound } from "./changes-session.ts";
import { useChanges, type Marked } from "./changes-store.ts";
import { DiffPiece } from "./diff-piece.tsx";
import { aboutLines, numberOn, type FileDiff } from "./diff-lines.ts";
import { LineCommentView, placeWords } from "./line-comment.tsx";
import { inPieces } from "./pieces.ts";

/** The lines of one file, with what was said about them. */
export function FileDiffView({ path, diff }: { readonly path: string; readonly diff: FileDiff }) {
  const view = useChanges((state) => state.view);
  const pieces = useMemo(() => diff.hunks.flatMap((hunk) => inPieces(hunk, view)), [diff, view]);
  const comments = useChanges(useShallow((state) => state.comments.filter((comment) => comment.path === path)));
  const marked = useChanges((state) => (state.marked?.path === path ? state.marked : null));
  const composing = useChanges((state) => (state.composing?.path === path ? state.composing : null));
  const events = useMemo(() => markingEvents(path, diff), [path, diff]);
  const widgets = useMemo(() => widgetsOf(diff, comments, composing), [diff, comments, composing]);
  const lost = comments.filter((comment) => keyOf(diff, comment) === undefined);
  const selected = useMemo(() => keysOf(diff, composing ?? marked), [diff, composing, marked]);
  return (
    <>
      {lost.map((comment) => (
        <LineCommentView key={comment.id} comment={comment} />
      ))}
      {pieces.map((piece) => {
        const keys = piece.hunk.changes.map((line) => getChangeKey(line));
        return (
          <DiffPiece
            key={`${view} ${keys[0]}`}
            {...{ piece, path, view, events }}
            marked={keys.filter((key) => selected.has(key)).join(" ")}
            widgets={ownWidgets(widgets, keys)}
          />
        );
      })}
      {diff.leftOut > 0 && (
        <p className="file-note">{`${diff.leftOut} more lines are not shown. /bizar diff has all of them.`}</p>
      )}
    </>
  );
}

const NONE: Readonly<Record<string, ReactNode>> = {};

/** Those of a piece; the same object where there are none, so that it is not drawn anew. */
function ownWidgets(all: ReadonlyMap<string, ReactNode>, keys: readonly string[]): Readonly<Record<string, ReactNode>> {
  const own = keys.filter((key) => all.has(key));
  return own.length === 0 ? NONE : Object.fromEntries(own.map((key) => [key, all.get(key)]));
}

function keysOf(diff: FileDiff, marked: Marked | null): ReadonlySet<string> {
  const lines = marked === null ? [] : diff.lines.slice(marked.start, marked.end + 1);
  return new Set(lines.map((line) => getChangeKey(line)));
}

/** The line below which a comment stands. */
function keyOf(diff: FileDiff, { side, to, isOutdated }: LineComment): string | undefined {
  if (isOutdated === true) return undefined;
  const line = diff.lines.find((one) => numberOn(one, side) === to);
  return line === undefined ? undefined : getChangeKey(line);
}

function widgetsOf(
  diff: FileDiff,
  comments: readonly LineComment[],
  composing: Marked | null,
): ReadonlyMap<string, ReactNode> {
  const lists = new Map<string, ReactNode[]>();
  const add = (key: string, node: ReactNode) => lists.set(key, [...(lists.get(key) ?? []), node]);
  for (const comment of comments) {
    const key = keyOf(diff, comment);
    if (key !== undefined) add(key, <LineCommentView key={comment.id} comment={comment} />);
  }
  const end = composing === null ? undefined : diff.lines[composing.end];
  if (composing !== null && end !== undefined) {
    add(getChangeKey(end), <NewComment key="new" {...{ diff, composing }} />);
  }
  return lists;
}

function leave(): void {
  useChanges.setState({ composing: null });
}

function NewComment({ diff, composing }: { readonly diff: FileDiff; readonly composing: Marked }) {
  const about = aboutLines(diff.lines, composing);
  if (about === undefined) return null;
  const save = (text: string) => {
    const id = crypto.randomUUID();
    const { comments } = useChanges.getState();
    keepRound({ comments: [...comments, { id, path: composing.path, ...about, text }] });
    // The next change is the one after it.
    useChanges.setState({ composing: null });
  };
  return <CommentForm label={`Comment on ${placeWords(about)}`} save={save} leave={leave} />;
}

function composeOnMarked(): void {
  useChanges.setState(({ marked }) => ({ composing: marked }));
}

/** Lines are marked with the pointer on their numbers, one or, drawn over or with Shift, several. */
function markingEvents(path: string, { places }: FileDiff): EventMap {
  let anchor = 0;
  const mark = (start: number, end: number) =>
    useChanges.setState({ current: path, marked: { path, start: Math.min(start, end), end: Math.max(start, end) } });
  return {
    onMouseDown({ change }, event) {
      const place = change === null ? undefined : places.get(getChangeKey(change));
      if (place === undefined || event.button !== 0) return;
      event.preventDefault();
      const { marked } = useChanges.getState();
      anchor = event.shiftKey && marked?.path === path ? marked.start : place;
      mark(anchor, place);
      window.addEventListener("mouseup", composeOnMarked, { once: true });
    },
    onMouseEnter({ change }, event) {
      const place = change === null ? undefined : places.get(getChangeKey(change));
      if (place !== undefined && (event.buttons & 1) === 1) mark(anchor, place);
    },
  };
}
