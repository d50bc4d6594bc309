import { visibleText } from "./visible-text.ts";

/** A piece of a title: words, or pieces that stand between marks of Markdown. */
export type TitlePiece = string | { readonly tag: "code" | "strong" | "em"; readonly pieces: readonly TitlePiece[] };

/**
 * Code, bold and emphasis; no more, and less than a text has: what may as well be a path, a product or a name with
 * underscores stays as it is written.
 */
const MARKED =
  /(?<!`)(?<ticks>`+)(?!`)(?<code>.+?)(?<!`)\k<ticks>(?!`)|(?<![\w*/\\.])(?<stars>\*{1,3}|_)(?=[\p{L}\p{N}`"'“‘«(‹*_])(?<words>.*?[^\s*_])\k<stars>(?![\w*/\\]|\.\w)/gsu;

const MARK = /[`*_]/g;
/** A title of more is no title that somebody wrote to be read, and would cost time with each drawing. */
const MOST_MARKS = 40;

/** What a title is on the page. Characters that nobody would see are marks, as in {@link visibleText}. */
export function titlePieces(title: string): readonly TitlePiece[] {
  const text = visibleText(title);
  const marks = text.match(MARK)?.length ?? 0;
  return marks === 0 || marks > MOST_MARKS ? [text] : piecesOf(text);
}

/** A title without its marks of Markdown, for where there are only letters. */
export function titleWords(title: string): string {
  return wordsOf(titlePieces(title));
}

function piecesOf(text: string): readonly TitlePiece[] {
  const pieces: TitlePiece[] = [];
  let end = 0;
  for (const { 0: all, index, groups } of text.matchAll(MARKED)) {
    const { code, stars = "", words = "" } = groups ?? {};
    if (index > end) pieces.push(text.slice(end, index));
    if (code === undefined) pieces.push({ tag: stars.length === 1 ? "em" : "strong", pieces: piecesOf(words) });
    else pieces.push({ tag: "code", pieces: [code.replace(/^ (.*[^ ].*) $/s, "$1")] });
    end = index + all.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

function wordsOf(pieces: readonly TitlePiece[]): string {
  return pieces.map((piece) => (typeof piece === "string" ? piece : wordsOf(piece.pieces))).join("");
}
