import { PLAN_SLUG } from "./plan-slug.ts";
import type { ToolSchema } from "./schema-tool.ts";

export const planWaitDescription =
  "Put a plan up for review and wait. approved: go on. changes_requested, feedback_received: change it, answer comments, wait again. rejected: do not do it. timed_out is no approval: end your turn, you are told later. user_message: answer, wait again.";

export const planWaitSchema = {
  properties: {
    planSlug: PLAN_SLUG,
    timeoutMs: {
      type: "integer",
      minimum: 5000,
      maximum: 1_800_000,
      alsoCalled: ["timeout", "waitMs"],
    },
    sinceTimestamp: {
      type: "string",
      isName: true,
      alsoCalled: ["since"],
    },
  },
  required: ["planSlug"],
} as const satisfies ToolSchema;
