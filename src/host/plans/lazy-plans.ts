import { Lazy } from "../../lib/lazy.ts";
import type { Hold } from "../../plans/plan-store-port.ts";
import type { PlansContext, PlanSide } from "./start-plans.ts";

/** The plans of one plugin instance. */
export function lazyPlans(context: PlansContext): Lazy<PlanSide> {
  return new Lazy(async () => (await import("./start-plans.ts")).startPlans(context));
}

/**
 * The reviews for which nothing is to be written now.
 *
 * @param known settles when the reviews that earlier processes left open are known
 */
export async function holdsOf(lazy: Lazy<PlanSide>, known: () => Promise<void>): Promise<readonly Hold[]> {
  await known();
  const { plans, reviews } = await lazy.get();
  return await plans.holds(reviews.slugs);
}
