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

/** What an agent is known by: its id, and a title that its session may have given to others as well. */
interface Titled {
  readonly instanceId: string;
  readonly title: string;
  readonly parent: { readonly sessionId: string };
}

/**
 * The agents that a caller may mean by a title, or by the last characters of an id: those of its own session before all
 * others, and what fits exactly before what differs in case or blanks.
 *
 * @param shown a title as the caller was shown it
 */
export function agentsMeant<R extends Titled>(
  records: readonly R[],
  name: string,
  sessionId: string,
  shown: (title: string) => string,
): readonly R[] {
  const wanted = folded(name);
  if (wanted === "") return [];
  const ways: readonly ((among: readonly R[]) => readonly R[])[] = [
    (among) => among.filter(({ title }) => title === name),
    (among) => among.filter(({ title }) => folded(title) === wanted || folded(shown(title)) === wanted),
    (among) => (name.trim().length < SHORTEST_ENDING ? [] : matchingRecords(among, name)),
  ];
  const own = records.filter(({ parent }) => parent.sessionId === sessionId);
  for (const among of [own, records]) {
    const found = ways.map((way) => way(among)).find(({ length }) => length > 0);
    if (found !== undefined) return found;
  }
  return [];
}

function folded(text: string): string {
  return text.normalize("NFC").trim().replaceAll(/\s+/g, " ").toLowerCase();
}
