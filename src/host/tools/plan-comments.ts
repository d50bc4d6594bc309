import type { PlanServices } from "../plans/plan-services.ts";
import { slugIn, type PlanLines } from "../plans/plan-lines.ts";
import type { SchemaTool, ToolSchema } from "./schema-tool.ts";

export const PLAN_COMMENTS = "bizar_get_plan_comments";

const description = `Read the comments on a visual plan, oldest first, each with its thread.

All of them, those of one element (elementId), or only those pinned to the canvas (elementId "null").`;

export const planCommentsSchema = {
  properties: {
    planSlug: { type: "string", minLength: 1, description: "The plan" },
    elementId: { type: "string", description: 'Only those on this element; "null": only those pinned to the canvas' },
  },
  required: ["planSlug"],
} as const satisfies ToolSchema;

/** The tool that reads comments. */
export function planCommentsTool(desk: () => Promise<PlanServices>, lines: PlanLines): SchemaTool {
  return {
    name: PLAN_COMMENTS,
    description,
    schema: planCommentsSchema,
    async run(given) {
      await lines.settled(slugIn(given));
      const { runPlanComments } = await import("./plan-comments-run.ts");
      return await runPlanComments(desk, given);
    },
  };
}
