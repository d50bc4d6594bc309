import { create } from "zustand";
import type { PlanElement } from "../../../plans/plan.ts";
import { GAP } from "../../../plans/rectangles.ts";

/** How high cards have to be for all that is in them, by id, where that is more than the plan says. */
export const useCardHeights = create<{ readonly heights: ReadonlyMap<string, number> }>(() => ({ heights: new Map() }));

/** No card is made higher: of what is still more, it says so. */
export const MOST_HEIGHT = 1_600;

/** @param height undefined: what the plan says will do */
export function setCardHeight(id: string, height: number | undefined): void {
  const { heights } = useCardHeights.getState();
  if (heights.get(id) === height) return;
  const next = new Map(heights);
  if (height === undefined) next.delete(id);
  else next.set(id, height);
  useCardHeights.setState({ heights: next });
}

/**
 * The elements as they are shown: as high as they have to be, and what stands below one that has grown further down, so
 * that it stays as clear of it as it was. The very objects where nothing is another.
 */
export function shownBoxes(
  elements: readonly PlanElement[],
  heights: ReadonlyMap<string, number>,
): readonly PlanElement[] {
  if (heights.size === 0) return elements;
  const pushing: { readonly before: PlanElement; readonly down: number }[] = [];
  const shown = new Map<PlanElement, PlanElement>();
  for (const element of elements.toSorted((one, other) => one.y - other.y)) {
    const height = Math.max(element.height, heights.get(element.id) ?? 0);
    let y = element.y;
    for (const { before, down } of pushing) {
      const isBelow = element.y >= before.y + before.height && areInLine(before, element);
      if (!isBelow) continue;
      const room = Math.min(GAP, element.y - before.y - before.height);
      y = Math.max(y, before.y + before.height + down + room);
    }
    const down = y - element.y + height - element.height;
    if (down > 0) pushing.push({ before: element, down });
    if (down > 0 || y !== element.y) shown.set(element, { ...element, y, height });
  }
  return elements.map((element) => shown.get(element) ?? element);
}

function areInLine(one: PlanElement, other: PlanElement): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width;
}
