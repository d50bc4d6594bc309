import type { PlanElement } from "./plan.ts";

/** What the frame around a section takes beyond its elements; its name stands at the top. */
export const SECTION_ROOM = { side: 20, top: 56 } as const;

/** The section that an element belongs to. */
export function sectionOf({ section }: PlanElement): string | undefined {
  const name = section?.trim() ?? "";
  return name === "" ? undefined : name;
}
