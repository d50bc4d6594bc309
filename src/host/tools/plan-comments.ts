import { PLAN_SLUG } from "./plan-slug.ts";
import type { ToolSchema } from "./schema-tool.ts";

export const planCommentsDescription = `A plan's comments with threads; elementId "null": those on the canvas.`;

export const planCommentsSchema = {
  properties: {
    planSlug: PLAN_SLUG,
    elementId: {
      type: "string",
      minLength: 1,
      alsoCalled: ["element"],
    },
  },
  required: ["planSlug"],
} as const satisfies ToolSchema;
