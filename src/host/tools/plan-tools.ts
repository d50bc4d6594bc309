import type { PlanServices } from "../plans/plan-services.ts";
import { PlanLines, slugIn } from "../plans/plan-lines.ts";
import { PLAN_ACTION, planActionDescription, planActionSchema } from "./plan-action.ts";
import { PLAN_COMMENTS, planCommentsDescription, planCommentsSchema } from "./plan-comments.ts";
import { PLAN_WAIT, planWaitDescription, planWaitSchema } from "./plan-wait.ts";
import { schemaToolHooks, type SchemaTool } from "./schema-tool.ts";

/** The tools for plans, which every agent has. Nothing is loaded before the first call. */
export function planToolHooks(desk: () => Promise<PlanServices>): ReturnType<typeof schemaToolHooks> {
  const lines = new PlanLines();
  return schemaToolHooks([planActionTool(desk, lines), planCommentsTool(desk, lines), planWaitTool(desk, lines)]);
}

/** The tool that draws. */
function planActionTool(desk: () => Promise<PlanServices>, lines: PlanLines): SchemaTool {
  return {
    name: PLAN_ACTION,
    description: planActionDescription,
    schema: planActionSchema,
    async run(given, context) {
      return await lines.inTurn(slugIn(given), async () => {
        const { runPlanAction } = await import("./plan-action-run.ts");
        return await runPlanAction(desk, given, context);
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
    async run(given) {
      await lines.settled(slugIn(given));
      const { runPlanComments } = await import("./plan-comments-run.ts");
      return await runPlanComments(desk, given);
    },
  };
}

/** The tool that waits for the user. */
function planWaitTool(desk: () => Promise<PlanServices>, lines: PlanLines): SchemaTool {
  return {
    name: PLAN_WAIT,
    description: planWaitDescription,
    schema: planWaitSchema,
    async run(given, context) {
      await lines.settled(slugIn(given));
      const { runPlanWait } = await import("./plan-wait-run.ts");
      return await runPlanWait(desk, given, context);
    },
  };
}
