import { cutToWidth } from "../text/table.ts";

/** A colour of the user's theme, by the name that opencode gives it. */
export type Tone = "text" | "textMuted" | "primary" | "accent" | "success" | "warning" | "error" | "info";

/** A piece of a line. */
export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  readonly isBold?: boolean;
  /** It stands out as what a key acts on. */
  readonly isChosen?: boolean;
}

export type Line = readonly Span[];

export function span(text: string, tone: Tone = "text", more: Pick<Span, "isBold" | "isChosen"> = {}): Span {
  return { text, tone, ...more };
}

/** What a terminal takes for the text, in columns. */
export function width(text: string): number {
  return Bun.stringWidth(text);
}

/** A text in exactly so many columns, cut or filled at its end. */
export function cell(text: string, columns: number): string {
  const shown = cutToWidth(text, columns);
  return shown + " ".repeat(Math.max(0, columns - width(shown)));
}

/** A line in at most so many columns: what is last gives way first. */
export function cutLine(line: Line, columns: number): Line {
  let left = columns;
  return line.flatMap((each) => {
    if (left <= 0) return [];
    const text = cutToWidth(each.text, left);
    left -= width(text);
    return [{ ...each, text }];
  });
}

/** A line without its colours. */
export function plain(line: Line): string {
  return line.map(({ text }) => text).join("");
}
