/**
 * The names in a text that may be a list of them, the longest that are known first: a title may have commas. The whole
 * text where none of them is known.
 */
export function namesIn(text: string, isKnown: (name: string) => boolean): readonly string[] {
  const parts = text.split(/([,;\n])/);
  const names: string[] = [];
  let hasKnown = false;
  let from = 0;
  while (from < parts.length) {
    const ends = Array.from({ length: (parts.length - from + 1) / 2 }, (_, index) => parts.length - 2 * index);
    const known = ends.find((end) => isKnown(parts.slice(from, end).join("").trim()));
    const end = known ?? from + 1;
    const name = parts.slice(from, end).join("").trim();
    if (name !== "") names.push(name);
    hasKnown ||= known !== undefined;
    // Behind the separator.
    from = end + 1;
  }
  return hasKnown ? names : [text];
}
