/** The most of a text that is parsed at once: less than a tenth of a second of a slow machine. */
const MOST_CHARACTERS = 8_000;
/** What the parser spends its time on: signs and ends of lines. Ordinary text has one among ten to twenty characters. */
const MOST_MARKS = 1_000;
const FENCE = /^ {0,3}(?<mark>`{3,}|~{3,})(?<rest>.*)$/gm;
const [NEWLINE, BLANK] = [0x0a, 0x20];

export interface MarkdownPart {
  readonly text: string;
  /** A piece of a line that is longer than any that somebody wrote by hand: no Markdown. */
  readonly isPlain: boolean;
}

/** A text in pieces that end with a line where there is one; code between fences goes on in the next as code. */
export function* markdownParts(text: string): Generator<MarkdownPart, undefined> {
  let fence = "";
  let startsInLine = false;
  for (let at = 0; at < text.length;) {
    const end = endOfPart(text, at);
    const endsInLine = end < text.length && text.charCodeAt(end - 1) !== NEWLINE;
    const isPlain = startsInLine || endsInLine;
    const part = isPlain ? text.slice(at, end) : fence + text.slice(at, end);
    yield { text: part, isPlain };
    if (!isPlain) fence = openFence(part);
    startsInLine = endsInLine;
    at = end;
  }
}

function endOfPart(text: string, start: number): number {
  let marks = 0;
  let lineEnd = start;
  let paragraphEnd = start;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE) {
      if (lineEnd === at) paragraphEnd = at + 1;
      lineEnd = at + 1;
    }
    if (isMark(code)) marks += 1;
    if (marks < MOST_MARKS && at - start < MOST_CHARACTERS) continue;
    if (paragraphEnd - start > (at - start) / 2) return paragraphEnd;
    if (lineEnd > start) return lineEnd;
    return isSecondHalf(text.charCodeAt(at)) ? at - 1 : at;
  }
  return text.length;
}

function isMark(code: number): boolean {
  if (code >= 0x80 || code === BLANK) return false;
  const letter = code | 0x20;
  return !(letter >= 0x61 && letter <= 0x7a) && !(code >= 0x30 && code <= 0x39);
}

function isSecondHalf(code: number): boolean {
  return code >= 0xdc_00 && code <= 0xdf_ff;
}

/** The line with which code began that has not ended. */
function openFence(part: string): string {
  let open: { readonly mark: string; readonly line: string } | null = null;
  for (const { 0: line, groups } of part.matchAll(FENCE)) {
    const { mark = "", rest = "" } = groups ?? {};
    if (open === null) {
      if (mark.startsWith("~") || !rest.includes("`")) open = { mark, line: `${line}\n` };
    } else if (mark.startsWith(open.mark) && rest.trim() === "") open = null;
  }
  return open?.line ?? "";
}
