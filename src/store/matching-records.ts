/** So many of the last characters tell one agent from another; fewer may be a slip. */
const SHORTEST_ENDING = 6;

/** The records that an id, the start of one or its end may mean; large and small letters are the same. */
export function matchingRecords<R extends { readonly instanceId: string }>(records: readonly R[], given: string): R[] {
  const wanted = given.trim().toUpperCase();
  if (wanted === "") return [];
  return records.filter(({ instanceId }) => {
    const id = instanceId.toUpperCase();
    return id.startsWith(wanted) || (wanted.length >= SHORTEST_ENDING && id.endsWith(wanted));
  });
}
