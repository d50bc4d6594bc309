import type { PlanServices } from "../plans/plan-services.ts";
import { PlanLines } from "../plans/plan-lines.ts";
import { noting } from "./answer.ts";
import { readGiven, withArguments } from "./arguments.ts";
import { actionIn, planActionDescription, planActionSchema, schemaFor } from "./plan-action.ts";
import { planRefusal } from "./plan-answer.ts";
import { planCommentsDescription, planCommentsSchema } from "./plan-comments.ts";
import { planWaitDescription, planWaitSchema } from "./plan-wait.ts";
import type { QuietCalls } from "./quiet-calls.ts";
import { schemaToolHooks, type SchemaTool } from "./schema-tool.ts";
import { PLAN_ACTION, PLAN_COMMENTS, PLAN_WAIT } from "../../text/own-tools.ts";

/** The tools for plans, which every agent has. Nothing is loaded before the first call. */
export function planToolHooks(
  desk: () => Promise<PlanServices>,
  quiet?: QuietCalls,
): ReturnType<typeof schemaToolHooks> {
  const lines = new PlanLines();
  return schemaToolHooks(
    [planActionTool(desk, lines), planCommentsTool(desk, lines), planWaitTool(desk, lines)],
    quiet,
  );
}

/** The tool that draws. */
function planActionTool(desk: () => Promise<PlanServices>, lines: PlanLines): SchemaTool {
  return {
    name: PLAN_ACTION,
    description: planActionDescription,
    schema: planActionSchema,
    async run(given, context) {
      const action = actionIn(given);
      const reading = readGiven(PLAN_ACTION, schemaFor(action), given);
      const { note } = reading;
      if (!reading.ok) {
        const { planSlug = "" } = reading.partial;
        return noting(planRefusal({ action, planSlug }, reading.error), note);
      }
      return await lines.inTurn(reading.value.planSlug, async () => {
        const { runPlanAction } = await import("./plan-action-run.ts");
        return noting(await runPlanAction(desk, reading.value, context), note);
      });
    },
  };
}

/** The tool that reads comments. */
function planCommentsTool(desk: () => Promise<PlanServices>, lines: PlanLines): SchemaTool {
  return {
    name: PLAN_COMMENTS,
    description: planCommentsDescription,
    schema: planCommentsSchema,
    run: withArguments(PLAN_COMMENTS, planCommentsSchema, async (given) => {
      await lines.settled(given.planSlug);
      const { runPlanComments } = await import("./plan-comments-run.ts");
      return await runPlanComments(desk, given);
    }),
  };
}

/** The tool that waits for the user. */
function planWaitTool(desk: () => Promise<PlanServices>, lines: PlanLines): SchemaTool {
  return {
    name: PLAN_WAIT,
    description: planWaitDescription,
    schema: planWaitSchema,
    async run(given, context) {
      const reading = readGiven(PLAN_WAIT, planWaitSchema, given);
      const { planSlug = "", timeoutMs, sinceTimestamp } = reading.ok ? reading.value : reading.partial;
      const since = sinceTimestamp === undefined ? undefined : momentOf(sinceTimestamp);
      const wrong = [
        ...(reading.ok ? [] : [reading.error]),
        ...(since === "none"
          ? [`${PLAN_WAIT} takes sinceTimestamp as ISO 8601, not ${JSON.stringify(sinceTimestamp)}.`]
          : []),
      ];
      if (wrong.length > 0) return noting(planRefusal({ planSlug }, wrong.join(" ")), reading.note);
      await lines.settled(planSlug);
      const { runPlanWait } = await import("./plan-wait-run.ts");
      return await runPlanWait(desk, { planSlug, since, timeoutMs, callNote: reading.note }, context);
    },
  };
}

/** A moment as ISO 8601, also where it was written as the seconds or milliseconds since 1970. */
function momentOf(text: string): string {
  const number = /^\d{10}(?:\d{3})?$/.test(text) ? Number(text) : undefined;
  const date = new Date(number === undefined ? text : text.length === 10 ? number * 1000 : number);
  return Number.isNaN(date.getTime()) ? "none" : date.toISOString();
}
