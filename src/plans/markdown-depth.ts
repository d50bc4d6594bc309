/** Quotes and lists in each other: the parser's time grows with the cube of the depth, and stops everything for seconds. */
const TOO_DEEP = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])[ \t])){40}|^[ \t]{100,}(?:>|(?:[-+*]|\d{1,9}[.)])[ \t])/m;

/** Whether Markdown is nested deeper than it can be parsed at once. */
export function isTooDeep(text: string): boolean {
  return TOO_DEEP.test(text);
}
