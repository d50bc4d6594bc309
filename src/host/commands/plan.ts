import type { CommandContext } from "./command-context.ts";
import { addComment, showComments } from "./plan-comment.ts";
import { exportPlan, openPlan } from "./plan-look.ts";
import { createPlan, deletePlan, listPlans } from "./plan-manage.ts";
import { planStatus } from "./plan-status.ts";
import type { Subcommand } from "./subcommand.ts";

/** `/plan`: everything that the user does with plans outside of the page. */
export const planSubcommands: Readonly<Record<string, Subcommand<CommandContext>>> = {
  new: createPlan,
  list: listPlans,
  open: openPlan,
  status: planStatus,
  comment: addComment,
  comments: showComments,
  export: exportPlan,
  delete: deletePlan,
};
