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

/** Of a text that the journal does not keep whole. */
const MOST_OLD_CHARACTERS = 4_000;
/** Longer ones are never kept whole. */
export const MOST_WHOLE_CHARACTERS = 100_000;
/** What all texts in the journal may have beyond that: the oldest give way. */
const MOST_BEYOND = 200_000;
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
  if (typeof value !== "string") return "";
  const text = readable(value);
  return text.length > MOST_WHOLE_CHARACTERS ? cutWord(text) : text;
}

function cutWord(word: string | boolean): string | boolean {
  return typeof word === "string" ? word.slice(0, MOST_OLD_CHARACTERS).toWellFormed() : word;
}

/** Whether the journal may have kept no more than the beginning of a text: nobody knows its end. */
export function isCutWord(old: string): boolean {
  return old.length === MOST_OLD_CHARACTERS;
}

/** The journal with no more than the beginning of its oldest long texts, as far as all together are too long. */
export function withRoom(edits: readonly EditEntry[]): readonly EditEntry[] {
  let tooMany = edits.reduce((sum, edit) => sum + beyond(edit), 0) - MOST_BEYOND;
  if (tooMany <= 0) return edits;
  return edits.map((edit, index) => {
    const gained = beyond(edit);
    // The newest stays as it is: what it was is asked for most.
    if (tooMany <= 0 || gained === 0 || index === edits.length - 1) return edit;
    tooMany -= gained;
    const old = Object.entries(edit.old ?? {}).map(([name, word]) => [name, cutWord(word)] as const);
    return { ...edit, old: Object.fromEntries(old) };
  });
}

/** How many characters an entry would lose if its texts were cut. */
function beyond({ old = {} }: EditEntry): number {
  const lengths = Object.values(old).map((word) => (typeof word === "string" ? word.length : 0));
  return lengths.reduce((sum, length) => sum + Math.max(0, length - MOST_OLD_CHARACTERS), 0);
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
