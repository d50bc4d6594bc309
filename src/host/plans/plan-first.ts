import { PLAN_ACTION, PLAN_WAIT } from "../../text/own-tools.ts";

/** What the main agent is told while `/visual-plan` is on. */
export const PLAN_FIRST = `Visual plans are on: the user wants to approve a plan before you change anything that is more than a trivial edit.
1. Draw the plan with ${PLAN_ACTION} draw, in one call: the steps, decisions and open
   questions as elements, connected. Reading and searching first is fine.
2. Put it up for review with ${PLAN_WAIT}, and wait. Work in the user's comments and edits, and wait again.
3. Act only once the status is "approved". A timeout is no approval: say so and end your turn. Nor is
   an approval in the chat: the user approves on the plan's page, or types /plan status <slug> approved. "rejected" means: do not do it.
Answer questions, and do trivial edits, without a plan.`;
