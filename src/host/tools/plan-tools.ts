import type { PlanServices } from "../plans/plan-services.ts";
import { PlanLines } from "../plans/plan-lines.ts";
import { planActionTool } from "./plan-action.ts";
import { planCommentsTool } from "./plan-comments.ts";
import { planWaitTool } from "./plan-wait.ts";
import { schemaToolHooks } from "./schema-tool.ts";

/** The tools for plans, which every agent has. Nothing is loaded before the first call. */
export function planToolHooks(desk: () => Promise<PlanServices>): ReturnType<typeof schemaToolHooks> {
  const lines = new PlanLines();
  return schemaToolHooks([planActionTool(desk, lines), planCommentsTool(desk, lines), planWaitTool(desk, lines)]);
}
