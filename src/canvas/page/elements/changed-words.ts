import { diffWordsWithSpace } from "diff";
import { MOST_OLD_CHARACTERS } from "../../../plans/old-words.ts";

/** Words of a text that was changed: those that stayed, that are gone, that are new. Between pieces there may be more that stayed. */
export interface ChangedPiece {
  readonly kind: "same" | "old" | "new";
  readonly text: string;
}

/** So many signs beside a change show where it is. */
const CONTEXT = 60;
/** Texts that share less are another text: pieces of both between each other would be read by nobody. */
const LEAST_SHARED = 0.35;
const MOST_CHANGES = 400;

/**
 * What differs between a text and what it said before.
 *
 * @returns all of the old text where little of it is left
 */
export function changedWords(before: string, now: string): readonly ChangedPiece[] {
  const old = before.trimEnd();
  // Of a text that was cut nobody knows the end.
  const isCut = before.length >= MOST_OLD_CHARACTERS;
  const parts = diffWordsWithSpace(old, isCut ? now.slice(0, old.length) : now.trimEnd(), {
    maxEditLength: MOST_CHANGES,
  });
  const shared = parts?.reduce(
    (sum, { added, removed, value }) => sum + (added || removed ? 0 : value.trim().length),
    0,
  );
  if (parts === undefined || (shared ?? 0) < Math.min(old.length, now.length) * LEAST_SHARED)
    return [{ kind: "old", text: old }];
  const pieces = parts.map(({ added, removed, value }): ChangedPiece => ({
    kind: added ? "new" : removed ? "old" : "same",
    text: value,
  }));
  const last = pieces.findLastIndex(({ kind }) => kind === "same");
  const known = isCut ? pieces.slice(0, last + 1) : pieces;
  return known.map((piece, index) =>
    piece.kind === "same" ? { kind: "same", text: inSight(piece.text, index > 0, index < known.length - 1) } : piece,
  );
}

/** What stayed, as far as it stands beside a change. */
function inSight(text: string, isBehind: boolean, isBefore: boolean): string {
  const [head, tail] = [isBehind ? CONTEXT : 0, isBefore ? CONTEXT : 0];
  if (text.length <= head + tail + 20) return text;
  const first = text.slice(0, head).replace(/\S*$/, "");
  const end = tail === 0 ? "" : text.slice(-tail).replace(/^\S*/, "");
  return `${first}…${end}`;
}
