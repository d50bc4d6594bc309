/** More of them say nothing new. */
export const MOST_REFUSED = 20;

/** The calls that were not allowed so far, and more of them: each once, in the order in which they came. */
export function joinRefused(known: readonly string[], ...more: readonly (string | undefined)[]): readonly string[] {
  const joined = [...new Set([...known, ...more.filter((each) => each !== undefined)])].slice(0, MOST_REFUSED);
  return joined.length === known.length ? known : joined;
}
