import type { Plan, PlanElement } from "./plan.ts";

/** Boxes whose left edges differ by less are one column to the eye. */
const COLUMN_WIDTH = 200;
/** An empty strip across the whole plan that is higher than this ends a row of columns. */
const ROW_GAP = 210;

/**
 * The elements in the order in which somebody would read them: what an arrow comes from before what it leads to, else
 * row by row, in it column by column from the left, each from its top. In a circle, position decides where it begins.
 */
export function inReadingOrder({
  elements,
  connections,
}: Pick<Plan, "elements" | "connections">): readonly PlanElement[] {
  const rowOf = rowsOf(elements);
  const waiting = elements.toSorted(
    (one, other) => (rowOf.get(one) ?? 0) - (rowOf.get(other) ?? 0) || byPosition(one, other),
  );
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

/** In which row of columns each element is: where nothing stands for a while, a row ends. */
function rowsOf(elements: readonly PlanElement[]): ReadonlyMap<PlanElement, number> {
  const rows = new Map<PlanElement, number>();
  let [row, lowest] = [0, -Infinity];
  for (const element of elements.toSorted((one, other) => one.y - other.y)) {
    if (element.y - lowest > ROW_GAP && lowest !== -Infinity) row += 1;
    lowest = Math.max(lowest, element.y + element.height);
    rows.set(element, row);
  }
  return rows;
}

function byPosition(one: PlanElement, other: PlanElement): number {
  return columnOf(one) - columnOf(other) || one.y - other.y || one.x - other.x;
}

function columnOf({ x }: PlanElement): number {
  return Math.round(x / COLUMN_WIDTH);
}
