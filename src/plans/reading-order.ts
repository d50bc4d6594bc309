import type { Plan, PlanElement } from "./plan.ts";

/** Boxes whose left edges differ by less are one column to the eye. */
const COLUMN_WIDTH = 200;

/**
 * The elements in the order in which somebody would read them: what an arrow comes from before what it leads to, else
 * column by column from the left, each from its top. In a circle, position decides where it begins.
 */
export function inReadingOrder({
  elements,
  connections,
}: Pick<Plan, "elements" | "connections">): readonly PlanElement[] {
  const waiting = elements.toSorted(byPosition);
  const arrows = connections.filter(({ from, to }) => from !== to);
  const leading = Map.groupBy(arrows, (connection) => connection.from);
  const open = new Map<string, number>();
  for (const { to } of arrows) open.set(to, (open.get(to) ?? 0) + 1);
  const ordered: PlanElement[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex(({ id }) => (open.get(id) ?? 0) === 0);
    const [next] = waiting.splice(Math.max(ready, 0), 1);
    if (next === undefined) break;
    ordered.push(next);
    for (const { to } of leading.get(next.id) ?? []) open.set(to, (open.get(to) ?? 0) - 1);
  }
  return ordered;
}

function byPosition(one: PlanElement, other: PlanElement): number {
  return columnOf(one) - columnOf(other) || one.y - other.y || one.x - other.x;
}

function columnOf({ x }: PlanElement): number {
  return Math.round(x / COLUMN_WIDTH);
}
