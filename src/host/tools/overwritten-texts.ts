import { fieldsChangedByPersonSince } from "../../plans/edit-journal.ts";
import type { Plan } from "../../plans/plan.ts";

/** Texts of an element: whoever writes one replaces what somebody else wrote. */
export const TEXT_FIELDS = ["title", "content", "answer", "language"] as const;

/**
 * The texts that an update would replace although a person has written them after a revision; as they are now.
 *
 * @returns `undefined` when there are none
 */
export function overwrittenTexts(
  plan: Plan,
  update: { readonly elementId?: string | undefined } & {
    readonly [Name in (typeof TEXT_FIELDS)[number]]?: string | undefined;
  },
  seenRevision: number,
): Record<string, string> | undefined {
  const element = plan.elements.find(({ id }) => id === update.elementId);
  if (element === undefined) return undefined;
  const changed = fieldsChangedByPersonSince(plan, element.id, seenRevision);
  const texts = TEXT_FIELDS.flatMap((name): [string, string][] => {
    const now = element[name] ?? "";
    const isOverwritten = update[name] !== undefined && update[name] !== now && changed(name);
    return isOverwritten ? [[name, now]] : [];
  });
  return texts.length === 0 ? undefined : Object.fromEntries(texts);
}
