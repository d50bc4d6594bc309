import { authorName, type Author, type EditEntry, type Plan } from "./plan.ts";
import { oldestWords, withRoom } from "./old-words.ts";
import { LIMITS } from "./plan-limits.ts";

/** Updates of one thing by one author within this time are one entry: a drag is dozens of them. */
const ONE_EDIT_MS = 2_000;

/**
 * The journal with one more entry. Where there are too many, the oldest of the agents' is left out, and of a person's
 * only where they leave the agents' no room.
 */
export function recordEdit(edits: readonly EditEntry[], entry: EditEntry): readonly EditEntry[] {
  const last = edits.findLastIndex((earlier) => isOfSame(earlier, entry));
  const previous = edits[last];
  if (previous === undefined || !areOneEdit(previous, entry)) return withRoom(withoutOldest([...edits, entry]));
  const fields = [...new Set([...(previous.fields ?? []), ...(entry.fields ?? [])])];
  return withRoom([...edits.toSpliced(last, 1), { ...entry, fields, ...oldestWords(previous, entry) }]);
}

/** Whether the journal tells of all that was done after a revision. */
export function isComplete(edits: readonly EditEntry[], revision: number): boolean {
  const persons = edits.filter(isPersons);
  const agents = edits.filter((edit) => !isPersons(edit));
  const reachesBack = ([oldest]: readonly EditEntry[]): boolean => (oldest?.revision ?? 0) <= revision + 1;
  const hasAllOfPerson = persons.length < LIMITS.personEdits || reachesBack(persons);
  const mayLackAgents = edits.length >= LIMITS.edits && agents.length >= LIMITS.edits - LIMITS.personEdits;
  return hasAllOfPerson && (!mayLackAgents || reachesBack(agents));
}

function withoutOldest(edits: readonly EditEntry[]): readonly EditEntry[] {
  if (edits.length <= LIMITS.edits) return edits;
  const isPersonsTurn = edits.filter(isPersons).length > LIMITS.personEdits;
  return edits.toSpliced(
    edits.findIndex((edit) => isPersons(edit) === isPersonsTurn),
    1,
  );
}

function isPersons({ by }: EditEntry): boolean {
  return by.kind === "person";
}

/**
 * What a person changed of an element or connection after a revision, as far back as the journal goes: a test for each
 * of its fields. Of one that a person made it is every field.
 */
export function fieldsChangedByPersonSince(plan: Plan, id: string, revision: number): (field: string) => boolean {
  const edits = (plan.edits ?? []).filter(
    (edit) => edit.id === id && edit.by.kind === "person" && edit.revision > revision,
  );
  return (field) => edits.some(({ fields }) => fields === undefined || fields.includes(field));
}

export function isSameAuthor(one: Author, other: Author): boolean {
  return one.kind === other.kind && authorName(one) === authorName(other);
}

function isOfSame(one: EditEntry, other: EditEntry): boolean {
  return one.what === other.what && one.id === other.id;
}

function areOneEdit(previous: EditEntry, next: EditEntry): boolean {
  return (
    previous.change === "updated" &&
    next.change === "updated" &&
    isSameAuthor(previous.by, next.by) &&
    Math.abs(Date.parse(next.at) - Date.parse(previous.at)) <= ONE_EDIT_MS
  );
}
