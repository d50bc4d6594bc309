import type { ChangeData, HunkData } from "react-diff-view";

export type DiffView = "unified" | "split";

/** Drawn within a frame or two, also where each line is highlighted. */
const PIECE_LINES = 40;

/** A part of a hunk that is drawn by itself: a long one is never drawn at once. */
export interface Piece {
  readonly hunk: HunkData;
  /** Whether its hunk begins here. */
  readonly isFirst: boolean;
}

/** A hunk in parts, with its lines in the order in which the view needs them. */
export function inPieces(hunk: HunkData, view: DiffView): readonly Piece[] {
  const lines = view === "split" ? inPairs(hunk.changes) : hunk.changes;
  const pieces: Piece[] = [];
  for (let at = 0; at < lines.length;) {
    let end = Math.min(at + PIECE_LINES, lines.length);
    // A line and what has become of it stay beside each other.
    if (view === "split" && lines[end - 1]?.type === "delete" && lines[end]?.type === "insert") end += 1;
    pieces.push({ hunk: { ...hunk, changes: lines.slice(at, end) }, isFirst: at === 0 });
    at = end;
  }
  return pieces;
}

/** Each line that was taken out followed by the one that has come in its place. */
function inPairs(lines: readonly ChangeData[]): ChangeData[] {
  const paired: ChangeData[] = [];
  for (let at = 0; at < lines.length;) {
    const run = runFrom(lines, at, "delete");
    const after = runFrom(lines, at + run.length, "insert");
    for (let index = 0; index < Math.max(run.length, after.length); index++) {
      paired.push(...[run[index], after[index]].filter((line) => line !== undefined));
    }
    at += run.length + after.length;
    const next = lines[at];
    if (run.length + after.length === 0 && next !== undefined) {
      paired.push(next);
      at += 1;
    }
  }
  return paired;
}

function runFrom(lines: readonly ChangeData[], at: number, type: ChangeData["type"]): readonly ChangeData[] {
  let end = at;
  while (lines[end]?.type === type) end += 1;
  return lines.slice(at, end);
}
