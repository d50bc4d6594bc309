import { getChangeKey, parseDiff, type ChangeData, type HunkData } from "react-diff-view";
import type { LineComment, PatchAnswer, Side } from "../../changes-api.ts";

/** What differs in one file. */
export interface FileDiff {
  readonly hunks: readonly HunkData[];
  /** The lines of all hunks, one after the other: a line is known by its place here. */
  readonly lines: readonly ChangeData[];
  /** The place of each line, by its key. */
  readonly places: ReadonlyMap<string, number>;
  readonly leftOut: number;
}

/** Lines of a file, by their places in its diff, both included. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

export function readPatch({ patch, leftOut }: PatchAnswer): FileDiff {
  const hunks = parseDiff(patch).flatMap((file) => file.hunks);
  const lines = hunks.flatMap(({ changes }) => changes);
  const places = new Map(lines.map((line, place) => [getChangeKey(line), place]));
  return { hunks, lines, places, leftOut };
}

/** The number of a line on one side; `undefined` where it is not there. */
export function numberOn(line: ChangeData, side: Side): number | undefined {
  if (line.type === "normal") return side === "old" ? line.oldLineNumber : line.newLineNumber;
  return (line.type === "delete") === (side === "old") ? line.lineNumber : undefined;
}

/** What a comment on these lines is about: the new ones, unless all of them are gone. */
export function aboutLines(
  lines: readonly ChangeData[],
  { start, end }: LineRange,
): Pick<LineComment, "side" | "from" | "to" | "quote"> | undefined {
  const chosen = lines.slice(start, end + 1);
  const side: Side = chosen.every(({ type }) => type === "delete") ? "old" : "new";
  const there = chosen.filter((line) => numberOn(line, side) !== undefined);
  const [from, to] = [there.at(0), there.at(-1)].map((line) => line && numberOn(line, side));
  return from === undefined || to === undefined
    ? undefined
    : { side, from, to, quote: there.map(({ content }) => content) };
}

/** Runs of lines that were changed, in order. */
export function changedRuns(lines: readonly ChangeData[]): readonly LineRange[] {
  const runs: LineRange[] = [];
  lines.forEach((line, place) => {
    if (line.type === "normal") return;
    const last = runs.at(-1);
    if (last?.end === place - 1) runs[runs.length - 1] = { start: last.start, end: place };
    else runs.push({ start: place, end: place });
  });
  return runs;
}
