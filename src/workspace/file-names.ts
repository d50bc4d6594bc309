const MOST_LISTED = 100;
const MOST_IN_WORDS = 20;
const PLAIN = /^[\w./@+-]+$/;
/** What stands for bytes that are no UTF-8. */
const UNREADABLE = "\uFFFD";

/** The first of many names, and how many more there are. */
export function listed(names: readonly string[], most = MOST_LISTED): readonly string[] {
  if (names.length <= most) return names;
  return [...names.slice(0, most), `… and ${names.length - most} more`];
}

/** Names of files in a sentence. */
export function namesInWords(names: readonly string[]): string {
  return inWords(names.map(quotedName));
}

/** Things that have words already, in a sentence. */
export function inWords(words: readonly string[]): string {
  return listed(words, MOST_IN_WORDS).join(", ");
}

/** A name that could be taken for something else is quoted: it is of files, and says nothing itself. */
export function quotedName(name: string): string {
  return PLAIN.test(name) ? name : JSON.stringify(name);
}

/** Whether a name is none of UTF-8, and lost its bytes when it was read. */
export function isUnreadable(name: string): boolean {
  return name.includes(UNREADABLE);
}
