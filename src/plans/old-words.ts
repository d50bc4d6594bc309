import type { EditEntry } from "./plan.ts";

/** What of an element or connection somebody reads; where it lies is no word. */
export const WORD_FIELDS = [
  "type",
  "title",
  "content",
  "done",
  "answer",
  "language",
  "section",
  "from",
  "to",
  "label",
] as const;

/** Of each text in the journal. */
export const MOST_OLD_CHARACTERS = 4_000;
const IS_PICTURE = /^data:image\//;

/**
 * What an element or connection said before an edit, for the journal.
 *
 * @param fields those that were changed; without them all that were there
 */
export function oldWords(before: object | undefined, fields?: readonly string[]): Pick<EditEntry, "old"> {
  if (before === undefined) return {};
  const names = WORD_FIELDS.filter((name) =>
    fields === undefined ? Object.hasOwn(before, name) : fields.includes(name),
  );
  if (names.length === 0) return {};
  return { old: Object.fromEntries(names.map((name) => [name, oldWord(name, Reflect.get(before, name))])) };
}

function oldWord(name: string, value: unknown): string | boolean {
  if (name === "done") return value === true;
  return typeof value === "string" ? readable(value).slice(0, MOST_OLD_CHARACTERS).toWellFormed() : "";
}

/** Nobody reads a picture's bytes. */
export function readable(text: string): string {
  return IS_PICTURE.test(text) ? "(a picture)" : text;
}

/** Of two edits of one thing, what it said before both. */
export function oldestWords(earlier: EditEntry, later: EditEntry): Pick<EditEntry, "old"> {
  if (earlier.old === undefined && later.old === undefined) return {};
  return { old: { ...later.old, ...earlier.old } };
}
