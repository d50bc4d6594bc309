import type { ToolDefinition, ToolResult } from "@opencode-ai/plugin/tool";
import { answer, errorAnswer } from "./answer.ts";
import { instanceId, readArguments } from "./arguments.ts";
import { forSupervisors, neverThrowing, type ToolParts } from "./tool-parts.ts";

export const KILL = "bizar_kill";

const description = `End a background agent, and everything that it started.

The answer comes when nothing of it runs any more. What it wrote so far can still be collected. An agent that has ended
already stays as it is.`;

const args = { instanceId: instanceId.describe("The agent to end") };

export function killTool(parts: ToolParts): ToolDefinition {
  const run = async (given: unknown): Promise<ToolResult> => {
    const reading = readArguments(KILL, args, given);
    if (!reading.ok) return errorAnswer(reading.error);
    return await kill(parts, reading.value.instanceId);
  };
  return { description, args, execute: neverThrowing(KILL, forSupervisors(KILL, parts.options, run)) };
}

async function kill({ supervision }: ToolParts, id: string): Promise<ToolResult> {
  const { catalog, supervisor } = await supervision();
  const before = await catalog.find(id);
  if (before === undefined) return errorAnswer("instance not found", { instanceId: id });
  if (before.record.endedAt === null && !before.isOwn) {
    const { pid } = before.record.supervisor;
    return errorAnswer(
      `This agent belongs to another opencode (process ${pid}), and only that one may end it: kill it there, or close it.`,
      { instanceId: id, status: before.record.status },
    );
  }
  await supervisor.stop(id, { status: "killed", reason: "killed", error: "Killed on request." });
  const after = (await catalog.find(id)) ?? before;
  const { status, agent } = after.record;
  return answer(`${agent} ${status}`, { instanceId: id, status }, { statuses: { [id]: status } });
}
