import { authorName, type Author, type EditEntry, type Plan } from "./plan.ts";
import { LIMITS } from "./plan-limits.ts";

/** Updates of one thing by one author within this time are one entry: a drag is dozens of them. */
const ONE_EDIT_MS = 2_000;

/** The journal with one more entry, the oldest left out where there are too many. */
export function recordEdit(edits: readonly EditEntry[], entry: EditEntry): readonly EditEntry[] {
  const last = edits.findLastIndex((earlier) => isOfSame(earlier, entry));
  const previous = edits[last];
  if (previous === undefined || !areOneEdit(previous, entry)) return [...edits, entry].slice(-LIMITS.edits);
  const fields = [...new Set([...(previous.fields ?? []), ...(entry.fields ?? [])])];
  return [...edits.toSpliced(last, 1), { ...entry, fields }];
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
