import { hasPicture } from "../../../plans/element-kinds.ts";
import type { PlanElement } from "../../../plans/plan.ts";

/** Those that contain all the words; first those that have them in their title. */
export function findElements(elements: readonly PlanElement[], query: string): readonly PlanElement[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const inTitle = elements.filter(({ title }) => has(title));
  const elsewhere = elements.filter(
    ({ type, title, content, answer }) =>
      !has(title) && has([type, title, hasPicture({ type }) ? "" : content, answer ?? ""].join("\n")),
  );
  return [...inTitle, ...elsewhere];
}
