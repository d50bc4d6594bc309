import { changesTool } from "./changes.ts";
import { collectTool } from "./collect.ts";
import { killTool } from "./kill.ts";
import type { QuietCalls } from "./quiet-calls.ts";
import { schemaToolHooks } from "./schema-tool.ts";
import { sendMessageTool } from "./send-message.ts";
import { spawnBackgroundTool } from "./spawn-background.ts";
import { statusTool } from "./status.ts";
import type { ToolParts } from "./tool-parts.ts";

/** The tools for background agents. Inside a background agent none of them exists. */
export function backgroundToolHooks(parts: ToolParts, quiet?: QuietCalls): ReturnType<typeof schemaToolHooks> {
  const tools = [
    spawnBackgroundTool(parts),
    statusTool(parts),
    collectTool(parts),
    sendMessageTool(parts),
    killTool(parts),
    changesTool(parts),
  ];
  return schemaToolHooks(tools, quiet);
}
