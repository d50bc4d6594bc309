import { nearestName } from "../../config/nearest-name.ts";
import type { PlanProblem, Result, StoredPlan } from "../../plans/plan-store-port.ts";
import type { CommandContext } from "./command-context.ts";
import { planMeant } from "../plans/plan-meant.ts";
import { NotDone } from "./subcommand.ts";

/**
 * The plan of a slug, or of a title that is unique.
 *
 * @throws NotDone in words for the user, with the nearest slug where there is none of that one
 */
export async function knownPlan({ plans: { plans } }: CommandContext, name: string): Promise<StoredPlan> {
  const meant = await planMeant(plans, name);
  if ("wrong" in meant) throw new NotDone(meant.wrong);
  return await orNotDone(plans, meant.slug, await plans.read(meant.slug));
}

/** The value of a result; {@link NotDone} where it is a problem. */
export async function orNotDone<T>(
  plans: CommandContext["plans"]["plans"],
  slug: string,
  result: Result<T>,
): Promise<T> {
  if (result.ok) return result.value;
  throw new NotDone(await explain(plans, slug, result.problem));
}

async function explain(
  plans: CommandContext["plans"]["plans"],
  slug: string,
  { reason, message }: PlanProblem,
): Promise<string> {
  if (reason !== "not_found" && reason !== "bad_slug") return message;
  const all = await plans.list();
  if (!all.ok) return `${message} ${all.problem.message}`;
  const slugs = all.value.map((plan) => plan.slug);
  if (slugs.length === 0) return `${message} There are no plans yet: /plan new <slug> makes one.`;
  const near = nearestName(slug, slugs);
  return `${message} ${near === undefined ? "/plan list shows those that are there." : `Did you mean ${near}?`}`;
}
