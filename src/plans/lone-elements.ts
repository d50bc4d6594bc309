import type { Connection, PlanElement } from "./plan.ts";

/** So many that follow each other in a plan belong to what they follow; more of them are a group of their own. */
const MOST_TOGETHER = 3;

/** What is to be placed and is connected to nothing. */
export interface LoneElements {
  /** Those that belong to another element, by its id: the nearest before them in the plan or, at its beginning, behind them. */
  readonly companions: ReadonlyMap<string, readonly PlanElement[]>;
  /** Those that belong to none, each group in the order of the plan. */
  readonly groups: readonly (readonly PlanElement[])[];
}

/** @param blocks ids of elements that stand for themselves, connected or not */
export function loneElements(
  elements: readonly PlanElement[],
  connections: readonly Connection[],
  blocks: ReadonlySet<string>,
): LoneElements {
  const standing = new Set([...blocks, ...connections.flatMap(({ from, to }) => (from === to ? [] : [from, to]))]);
  const stands = ({ id, autoPlaced }: PlanElement) => autoPlaced !== true || standing.has(id);
  const companions = new Map<string, readonly PlanElement[]>();
  const groups: (readonly PlanElement[])[] = [];
  for (let at = 0; at < elements.length;) {
    const next = elements.findIndex((element, index) => index >= at && stands(element));
    const end = next === -1 ? elements.length : next;
    const run = elements.slice(at, end);
    const owner = elements[at - 1] ?? elements[end];
    if (run.length > MOST_TOGETHER || owner === undefined) groups.push(run);
    else companions.set(owner.id, [...(companions.get(owner.id) ?? []), ...run]);
    at = end + 1;
  }
  return { companions, groups: groups.filter(({ length }) => length > 0) };
}
