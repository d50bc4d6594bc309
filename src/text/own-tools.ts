export const SPAWN = "bizar_spawn_background";
export const STATUS = "bizar_status";
export const COLLECT = "bizar_collect";
export const SEND_MESSAGE = "bizar_send_message";
export const KILL = "bizar_kill";
export const CHANGES = "bizar_changes";
/** For those who supervise. */
export const BACKGROUND_TOOLS = [SPAWN, STATUS, COLLECT, SEND_MESSAGE, KILL, CHANGES] as const;

export const PLAN_ACTION = "bizar_plan_action";
export const PLAN_COMMENTS = "bizar_get_plan_comments";
export const PLAN_WAIT = "bizar_wait_for_feedback";
/** For those who plan. */
export const PLAN_TOOLS = [PLAN_ACTION, PLAN_COMMENTS, PLAN_WAIT] as const;

/** Inside a background agent alone. */
export const TELL_PARENT = "bizar_tell_parent";
/** A server that has it has this plugin. */
export const ASK_USER = "bizar_ask_user";

/** Whether a tool is the plugin's, be it of another version. */
export function isOwnTool(tool: string): boolean {
  return tool.startsWith("bizar_");
}
