import { diffWordsWithSpace } from "diff";
import { isCutWord, MOST_WHOLE_CHARACTERS } from "../../../plans/old-words.ts";
import { shorten } from "../../../text/shorten.ts";

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
/** Of the text as it is now, which may be a megabyte, or a picture. */
const MOST_COMPARED = 2 * MOST_WHOLE_CHARACTERS;
/** Of what is gone: more of it is in the history. */
const MOST_OLD = 4_000;
/** Of what is new: it stands below, too. */
const MOST_NEW = 300;

/**
 * What differs between a text and what it said before.
 *
 * @returns the old text where little of it is left
 */
export function changedWords(before: string, now: string): readonly ChangedPiece[] {
  const old = before.trimEnd();
  // Of a text that was cut nobody knows the end.
  const isCut = isCutWord(before);
  const pieces = piecesOf(old, now.slice(0, isCut ? old.length : MOST_COMPARED).trimEnd());
  const shared = pieces.reduce((sum, { kind, text }) => sum + (kind === "same" ? text.trim().length : 0), 0);
  if (shared < Math.min(old.length, now.length) * LEAST_SHARED) return [{ kind: "old", text: shorten(old, MOST_OLD) }];
  const known = isCut ? pieces.slice(0, pieces.findLastIndex(({ kind }) => kind === "same") + 1) : pieces;
  return known.map(({ kind, text }, index) => {
    if (kind === "same") return { kind, text: inSight(text, index > 0, index < known.length - 1) };
    return { kind, text: shorten(text, kind === "new" ? MOST_NEW : MOST_OLD) };
  });
}

function piecesOf(old: string, now: string): readonly ChangedPiece[] {
  // What was only put in, or taken out, is found at once, however long it is.
  const start = sharedStart(old, now);
  const end = sharedStart(reversed(old.slice(start)), reversed(now.slice(start)));
  const [oldPart, newPart] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  const parts = diffWordsWithSpace(oldPart, newPart, { maxEditLength: MOST_CHANGES });
  const middle = parts?.map(({ added, removed, value }): ChangedPiece => ({
    kind: added ? "new" : removed ? "old" : "same",
    text: value,
  })) ?? [
    { kind: "old", text: oldPart },
    { kind: "new", text: newPart },
  ];
  const all: readonly ChangedPiece[] = [
    { kind: "same", text: old.slice(0, start) },
    ...middle,
    { kind: "same", text: old.slice(old.length - end) },
  ];
  return all.filter(({ text }) => text !== "");
}

/** How many signs two texts begin with in common, whole words. */
function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < Math.min(one.length, other.length) && one[length] === other[length]) length += 1;
  const isWhole = [one, other].every((text) => !/^\S\S/.test(text.slice(length - 1)));
  return isWhole ? length : one.slice(0, length).replace(/\S+$/, "").length;
}

function reversed(text: string): string {
  return Array.from(text).toReversed().join("");
}

/** What stayed, as far as it stands beside a change. */
function inSight(text: string, isBehind: boolean, isBefore: boolean): string {
  const [head, tail] = [isBehind ? CONTEXT : 0, isBefore ? CONTEXT : 0];
  if (text.length <= head + tail + 20) return text;
  const first = text.slice(0, head).replace(/\S*$/, "");
  const end = tail === 0 ? "" : text.slice(-tail).replace(/^\S*/, "");
  return `${first}…${end}`;
}
