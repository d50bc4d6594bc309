import { PLAN_SLUG } from "./plan-slug.ts";
import type { ToolSchema } from "./schema-tool.ts";

export const PLAN_WAIT = "bizar_wait_for_feedback";

export const planWaitDescription = `Put a visual plan up for review, and wait for what the user does: approve, reject, ask for changes, comment, edit.

The answer comes as soon as the user has done something. status "approved": go on. "changes_requested", "feedback_received":
read note, newComments and edits, change the plan, answer comments, and wait again. "rejected": do not do it. "timed_out" is
never an approval: the review stays open. "user_message": the user has written; answer, and wait again. Else end your turn, and a message of the Bizar plugin tells you what the user did.`;

export const planWaitSchema = {
  properties: {
    planSlug: PLAN_SLUG,
    timeoutMs: {
      type: "integer",
      minimum: 5000,
      maximum: 1_800_000,
      alsoCalled: ["timeout", "waitMs"],
      description: "How long to wait at most, in milliseconds (600000)",
    },
    sinceTimestamp: {
      type: "string",
      isName: true,
      alsoCalled: ["since"],
      description: "ISO 8601: what the user did after this moment counts too. Mostly left out",
    },
  },
  required: ["planSlug"],
} as const satisfies ToolSchema;
