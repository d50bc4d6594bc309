import type { Plan, PlanElement } from "./plan.ts";
import { around } from "./rectangles.ts";
import { sectionOf } from "./sections.ts";

/** Boxes whose left edges differ by less are one column to the eye. */
const COLUMN_WIDTH = 200;
/** An empty strip across the whole plan that is higher than this ends a row of columns. */
const ROW_GAP = 210;

/** {@link inOrder}, section by section: what a section holds is read together. */
export function inReadingOrder(plan: Pick<Plan, "elements" | "connections">): readonly PlanElement[] {
  const { elements, connections } = plan;
  const sections = Map.groupBy(elements.filter(sectionOf), (element) => `section ${sectionOf(element)}`);
  if (sections.size === 0) return inOrder(plan);
  const unitOf = (id: string) => unitOfElement.get(id) ?? id;
  const unitOfElement = new Map([...sections].flatMap(([unit, all]) => all.map(({ id }) => [id, unit] as const)));
  const units = [...sections].map(([id, all]): PlanElement => ({
    ...around(all),
    ...{ id, type: "text", title: "", content: "" },
  }));
  const lifted = connections.map((connection) => ({
    ...connection,
    from: unitOf(connection.from),
    to: unitOf(connection.to),
  }));
  const free = elements.filter((element) => sectionOf(element) === undefined);
  return inOrder({ elements: [...free, ...units], connections: lifted }).flatMap((unit) => {
    const members = sections.get(unit.id);
    if (members === undefined) return [unit];
    const ids = new Set(members.map(({ id }) => id));
    return inOrder({
      elements: members,
      connections: connections.filter(({ from, to }) => ids.has(from) && ids.has(to)),
    });
  });
}

/**
 * The elements in the order in which somebody would read them: what an arrow comes from before what it leads to, else
 * row by row, in it column by column from the left, each from its top. In a circle, position decides where it begins.
 */
function inOrder({ elements, connections }: Pick<Plan, "elements" | "connections">): readonly PlanElement[] {
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
