import type { EditEntry, Plan } from "./plan.ts";

/** What of an element or connection is another in one plan than in another. */
export type Difference = Pick<EditEntry, "change" | "what" | "id" | "fields">;

type Content = Pick<Plan, "elements" | "connections">;

/** What was added, updated and deleted between two states of a plan: its elements first, then its connections. */
export function diffPlans(before: Content, after: Content): readonly Difference[] {
  return [
    ...diffLists("element", before.elements, after.elements),
    ...diffLists("connection", before.connections, after.connections),
  ];
}

function diffLists(
  what: EditEntry["what"],
  before: readonly { readonly id: string }[],
  after: readonly { readonly id: string }[],
): readonly Difference[] {
  const old = new Map(before.map((member) => [member.id, member]));
  const now = new Set(after.map((member) => member.id));
  const deleted = before
    .filter(({ id }) => !now.has(id))
    .map(({ id }): Difference => ({ change: "deleted", what, id }));
  const rest = after.flatMap((member): readonly Difference[] => {
    const { id } = member;
    const earlier = old.get(id);
    if (earlier === undefined) return [{ change: "added", what, id }];
    const gone = Object.keys(earlier).filter((name) => !Object.hasOwn(member, name));
    const fields = [...changedFields(earlier, member), ...gone];
    return fields.length === 0 ? [] : [{ change: "updated", what, id, fields }];
  });
  return [...deleted, ...rest];
}

/** The fields of which the value is another than before. */
export function changedFields(before: object, changes: object): readonly string[] {
  return Object.entries(changes)
    .filter(([name, value]) => JSON.stringify(value ?? null) !== JSON.stringify(Reflect.get(before, name) ?? null))
    .map(([name]) => name);
}
