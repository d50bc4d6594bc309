import type { PlanElement } from "./plan.ts";
import { around, type Rectangle } from "./rectangles.ts";

/** What the frame around a section takes beyond its elements; its name stands at the top. */
export const SECTION_ROOM = { side: 20, top: 56 } as const;

/** The section that an element belongs to. */
export function sectionOf({ section }: Pick<PlanElement, "section">): string | undefined {
  const name = section?.trim() ?? "";
  return name === "" ? undefined : name;
}

/** The frame of a section that holds these. */
export function frameAround(members: Iterable<Rectangle>): Rectangle {
  const { x, y, width, height } = around(members);
  const { side, top } = SECTION_ROOM;
  return { x: x - side, y: y - top, width: width + 2 * side, height: height + top + side };
}

/** The frames of all sections that elements belong to, by their names. */
export function framesOf(
  elements: readonly (Rectangle & Pick<PlanElement, "section">)[],
): ReadonlyMap<string, Rectangle> {
  const sections = Map.groupBy(elements.filter(sectionOf), (element) => sectionOf(element) ?? "");
  return new Map([...sections].map(([name, members]) => [name, frameAround(members)]));
}

/** The smallest rectangle around elements and the frames of their sections. */
export function aroundAll(elements: readonly (Rectangle & Pick<PlanElement, "section">)[]): Rectangle {
  return around([...elements, ...framesOf(elements).values()]);
}
