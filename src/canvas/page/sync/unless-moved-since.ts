import type { ElementChanges, Operation } from "../../../plans/operations.ts";
import type { Plan, PlanElement } from "../../../plans/plan.ts";

const PLACE = ["x", "y"];
const SIZE = ["width", "height"];

/**
 * These operations, less the places and sizes of elements that somebody has moved or resized since. The very list where
 * there are none: the history knows an action by it.
 *
 * @param takenBack what these operations take back: what it gave to an element, nobody has changed since
 */
export function unlessMovedSince(
  plan: Plan,
  operations: readonly Operation[],
  takenBack: readonly Operation[],
): readonly Operation[] {
  const given = new Map<string, ElementChanges>();
  for (const operation of takenBack) {
    if (operation.op === "update_element")
      given.set(operation.id, { ...given.get(operation.id), ...operation.changes });
  }
  const left = operations.flatMap((operation): readonly Operation[] => {
    if (operation.op !== "update_element") return [operation];
    const element = plan.elements.find(({ id }) => id === operation.id);
    const gone = element === undefined ? [] : changedSince(element, given.get(operation.id) ?? {});
    const kept = Object.entries(operation.changes).filter(([field]) => !gone.includes(field));
    if (kept.length === Object.keys(operation.changes).length) return [operation];
    return kept.length === 0 ? [] : [{ ...operation, changes: Object.fromEntries(kept) }];
  });
  const isSame = left.length === operations.length && left.every((operation, index) => operation === operations[index]);
  return isSame ? operations : left;
}

/** Of an element that is elsewhere, both coordinates; of one of another size, both sides. */
function changedSince(element: PlanElement, given: ElementChanges): readonly string[] {
  const isOther = (field: string) => given[field] !== undefined && given[field] !== element[field];
  return [PLACE, SIZE].filter((fields) => fields.some(isOther)).flat();
}
