import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { PlanProblem } from "../../plans/plan-store-port.ts";
import type { Refused } from "../api.ts";

/** A request that is not done. */
export function refuse(context: Context, status: ContentfulStatusCode, error: string): Response {
  const answer: Refused = { error };
  return context.json(answer, status);
}

/** A plan that cannot be read or written. 5xx: it may go another time. */
const STATUS: Readonly<Record<PlanProblem["reason"], ContentfulStatusCode>> = {
  bad_slug: 404,
  not_found: 404,
  exists: 422,
  broken: 422,
  newer: 422,
  link: 422,
  locked: 503,
  unwritable: 500,
  not_allowed: 422,
  changed: 409,
};

export function refuseFor(context: Context, problem: PlanProblem): Response {
  const answer: Refused = { error: problem.message, problem };
  return context.json(answer, STATUS[problem.reason]);
}

/** The problem without the machine's paths: `plans/…` is all that a page is told. */
export function withoutPaths(problem: PlanProblem, plansFolder: string): PlanProblem {
  return { ...problem, message: problem.message.replaceAll(plansFolder, "plans") };
}
