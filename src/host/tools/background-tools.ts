import type { ToolDefinition } from "@opencode-ai/plugin/tool";
import { CHANGES, changesTool } from "./changes.ts";
import { COLLECT, collectTool } from "./collect.ts";
import { KILL, killTool } from "./kill.ts";
import { SEND_MESSAGE, sendMessageTool } from "./send-message.ts";
import { SPAWN, spawnBackgroundTool } from "./spawn-background.ts";
import { STATUS, statusTool } from "./status.ts";
import type { ToolParts } from "./tool-parts.ts";

/** The tools for background agents. Inside a background agent none of them exists. */
export function backgroundTools(parts: ToolParts): Record<string, ToolDefinition> {
  return {
    [SPAWN]: spawnBackgroundTool(parts),
    [STATUS]: statusTool(parts),
    [COLLECT]: collectTool(parts),
    [SEND_MESSAGE]: sendMessageTool(parts),
    [KILL]: killTool(parts),
    [CHANGES]: changesTool(parts),
  };
}
