import type { ChangeData } from "react-diff-view";
import type { LineComment } from "../../changes-api.ts";
import { numberOn } from "./diff-lines.ts";

/**
 * A comment where its lines are in a newer diff of the file: the nearest that say the same. Where none do, it keeps its
 * numbers and says that it is outdated.
 */
export function placeComment(comment: LineComment, lines: readonly ChangeData[]): LineComment {
  const { side, from, to, quote } = comment;
  const there = lines.flatMap((line) => {
    const number = numberOn(line, side);
    return number === undefined ? [] : { number, content: line.content };
  });
  const starts = there.flatMap(({ number }, at) => {
    const isSame = quote.every(
      (text, index) => there[at + index]?.content === text && there[at + index]?.number === number + index,
    );
    return isSame && quote.length > 0 ? number : [];
  });
  const nearest = starts.toSorted((a, b) => Math.abs(a - from) - Math.abs(b - from))[0];
  if (nearest === undefined) return comment.isOutdated === true ? comment : { ...comment, isOutdated: true };
  if (nearest === from && comment.isOutdated !== true) return comment;
  const { isOutdated: _, ...current } = comment;
  return { ...current, from: nearest, to: nearest + (to - from) };
}
