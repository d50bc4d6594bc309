import type { EditEntry, Plan } from "./plan.ts";

const MOST_NAMED = 5;
const TITLE_CHARACTERS = 60;

/** What somebody did to a plan after a revision, in words for the person who decided on that one. */
export function changesUnseen(plan: Plan, seen: number): string {
  const edits = (plan.edits ?? []).filter(({ revision }) => revision > seen);
  const latest = [...new Map(edits.map((edit) => [`${edit.what} ${edit.id}`, edit])).values()];
  const named = latest.slice(0, MOST_NAMED).map((edit) => inWords(plan, edit));
  const more = latest.length > MOST_NAMED ? [`and ${latest.length - MOST_NAMED} more`] : [];
  const what = named.length === 0 ? "comments, or what no edit tells of" : [...named, ...more].join("; ");
  return `The plan has changed since you saw it: ${what}. Look at it, then decide again.`;
}

function inWords(plan: Plan, { what, id, change, fields }: EditEntry): string {
  const title = what === "element" ? plan.elements.find((element) => element.id === id)?.title : undefined;
  const name = title ? JSON.stringify(title.slice(0, TITLE_CHARACTERS)) : `${what} ${JSON.stringify(id)}`;
  return `${name} ${change}${fields === undefined ? "" : ` (${fields.join(", ")})`}`;
}
