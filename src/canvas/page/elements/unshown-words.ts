/** What Markdown is made of besides words that are shown: numbers and boxes of lists, entities, labels of footnotes, languages of code. */
const MADE_OF_MARKDOWN =
  /&(?:#\d{1,7}|#[xX][\dA-Fa-f]{1,6}|[A-Za-z][\dA-Za-z]{1,31});|^[\s>]*(?:[-+*][ \t]+|\d{1,9}[.)][ \t]+)+(?:\[[ xX]\])?|^[\s>\-+*]*(?:`{3,}|~{3,})[ \t]*[\w+#.-]{1,20}[ \t]*$|\[\^[^\]\s]{1,20}\]/gm;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const ESCAPED = /(?:%[\dA-Fa-f]{2})+/g;
const NUMBER = /^\p{N}+$/u;

/**
 * Whether Markdown has words that are not among those that are shown of it: comments, titles and addresses of what is
 * not there, definitions, cells beyond the last column. Words are compared, not kinds: nobody knows all the kinds.
 */
export function hasUnshownWords(source: string, shown: readonly string[]): boolean {
  const left = new Map<string, number>();
  for (const text of shown) for (const [word] of text.matchAll(WORD)) left.set(word, (left.get(word) ?? 0) + 1);
  for (const word of wordsOf(source)) {
    if (NUMBER.test(word)) continue;
    const count = left.get(word) ?? 0;
    if (count === 0) return true;
    left.set(word, count - 1);
  }
  return false;
}

function wordsOf(source: string): readonly string[] {
  return source.replaceAll(ESCAPED, unescaped).replaceAll(MADE_OF_MARKDOWN, " ").match(WORD) ?? [];
}

/** What stands in an address as `%C3%A4`, as an address is shown. */
export function unescaped(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}
