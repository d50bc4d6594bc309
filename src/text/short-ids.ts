const FEWEST = 6;

/**
 * How agents are called where there is little room: by the last characters of their ids, at least six, and as many as
 * tell all of them apart.
 */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const all = [...new Set(ids)];
  const longest = Math.max(FEWEST, ...all.map((id) => id.length));
  let length = FEWEST;
  while (length < longest && new Set(all.map((id) => id.slice(-length))).size < all.length) length++;
  return (id) => id.slice(-length);
}
