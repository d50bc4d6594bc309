import { without } from "./clean-json.ts";
import type { Plan, PlanElement } from "./plan.ts";

/** The plan with everything where it is, for good. The same object where somebody has placed all of it. */
export function withPlacesKept(plan: Plan): Plan {
  if (!plan.elements.some(({ autoPlaced }) => autoPlaced === true)) return plan;
  return { ...plan, elements: plan.elements.map((element) => without(element, "autoPlaced") as PlanElement) };
}
