import { PLAN_SLUG } from "./plan-slug.ts";
import type { ToolSchema } from "./schema-tool.ts";

export const PLAN_COMMENTS = "bizar_get_plan_comments";

export const planCommentsDescription = `Read the comments on a visual plan, oldest first, each with its thread.

All of them, those of one element (elementId), or only those pinned to the canvas (elementId "null").`;

export const planCommentsSchema = {
  properties: {
    planSlug: PLAN_SLUG,
    elementId: {
      type: "string",
      minLength: 1,
      alsoCalled: ["element"],
      description: 'Only those on this element; "null": only those pinned to the canvas',
    },
  },
  required: ["planSlug"],
} as const satisfies ToolSchema;
