import type { ToolResult } from "../../opencode/plugin-api.ts";
import { newestThatFit } from "../../lib/newest-that-fit.ts";
import { shorten } from "../../text/shorten.ts";

/** The host replaces answers over 51 200 bytes with a short notice; ours stay well below. */
export const MAX_ANSWER_BYTES = 39_500;
/** Of a note, which comes on top. */
const MOST_NOTE_BYTES = 400;
const MAX_ERROR_CHARACTERS = 2000;

/** A tool's answer: JSON for the model, a title for the person who looks on. */
export function answer(title: string, value: unknown, metadata: Record<string, unknown> = {}): ToolResult {
  return { title, output: JSON.stringify(value), metadata };
}

/** An error as an answer: what was expected, what came, what to do. */
export function errorAnswer(error: string, facts: Record<string, unknown> = {}): ToolResult {
  const words = shorten(error, MAX_ERROR_CHARACTERS);
  return answer(`error: ${shorten(words, 80)}`, { error: words, ...facts }, { error: true });
}

/** An answer that also says how the call was taken; of several things, the first one says it. */
export function noting(result: ToolResult, note: string | undefined): ToolResult {
  if (note === undefined || typeof result === "string") return result;
  const value: unknown = JSON.parse(result.output);
  const [first, ...others] = Array.isArray(value) ? (value as unknown[]) : [value];
  const noted = withNote(first, cutToJsonBytes(note, MOST_NOTE_BYTES));
  return { ...result, output: JSON.stringify(Array.isArray(value) ? [noted, ...others] : noted) };
}

function withNote(value: unknown, note: string): unknown {
  const before: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "note") : undefined;
  return { ...(value as object | undefined), note: typeof before === "string" ? `${before} ${note}` : note };
}

/** How many bytes a value takes in an answer. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The longest start of `text` whose JSON form has at most `maxBytes` bytes; never half a character. */
export function cutToJsonBytes(text: string, maxBytes: number): string {
  if (jsonBytes(text) <= maxBytes) return text;
  let low = 0;
  let high = Math.min(text.length, Math.max(0, maxBytes));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (jsonBytes(text.slice(0, middle)) <= maxBytes) low = middle;
    else high = middle - 1;
  }
  const last = text.charCodeAt(low - 1);
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHighSurrogate ? low - 1 : low);
}

/** As many of the lines, from the first one on, as take at most `maxBytes` bytes in an answer. */
export function fitting(lines: readonly string[], maxBytes: number): readonly string[] {
  const fits = lines.slice();
  while (fits.length > 0 && jsonBytes(fits) > maxBytes) fits.pop();
  return fits;
}

/** Room for the note that older ones were left out. */
const NOTE_BYTES = 500;
/** The largest view for which an answer of {@link newestViews} has room. */
export const MOST_VIEW_BYTES = MAX_ANSWER_BYTES - NOTE_BYTES;

/**
 * The views of a list as an answer tells them. The newest matter most: where not all fit, the oldest are left out, and the
 * answer begins with a note that says so.
 *
 * @param path where all of them are
 * @param bytes that the views may take
 */
export function newestViews<T>(
  oldestFirst: readonly T[],
  view: (item: T) => unknown,
  path: string,
  bytes = MOST_VIEW_BYTES,
): unknown[] {
  const views = newestThatFit(oldestFirst, bytes, view, (one) => jsonBytes([one]));
  const omitted = oldestFirst.length - views.length;
  const note = { truncated: true, omitted, note: "older ones are left out", path };
  return omitted > 0 ? [note, ...views] : views;
}
