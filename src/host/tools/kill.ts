import type { ToolContext, ToolDefinition, ToolResult } from "@opencode-ai/plugin/tool";
import type { CatalogEntry } from "../instance-catalog.ts";
import { namingEnds } from "../announcements/told-ends.ts";
import { answer, errorAnswer } from "./answer.ts";
import { instanceId, readArguments } from "./arguments.ts";
import { forSupervisors, neverThrowing, type ToolParts } from "./tool-parts.ts";

export const KILL = "bizar_kill";
/** What another opencode may take beyond the grace: the end of the tree, the last write. */
const END_LIMIT_MS = 5000;

const description = `End a background agent, and everything that it started.

The answer comes when nothing of it runs any more. What it wrote so far can still be collected. An agent that has ended
already stays as it is.`;

const args = { instanceId: instanceId.describe("The agent to end") };

export function killTool(parts: ToolParts): ToolDefinition {
  const run = async (given: unknown, { abort }: ToolContext): Promise<ToolResult> => {
    const reading = readArguments(KILL, args, given);
    if (!reading.ok) return errorAnswer(reading.error);
    return await kill(parts, reading.value.instanceId, abort);
  };
  return { description, args, execute: neverThrowing(KILL, forSupervisors(KILL, parts.options, run)) };
}

async function kill({ supervision, options }: ToolParts, id: string, abort: AbortSignal): Promise<ToolResult> {
  const { catalog, supervisor, askOwner } = await supervision();
  const before = await catalog.find(id);
  if (before === undefined) return errorAnswer("instance not found", { instanceId: id });
  if (before.isOwn) {
    await supervisor.stop(id, { status: "killed", reason: "killed", error: "Killed on request." });
  } else if (before.record.endedAt === null) {
    const answered = await askOwner(id, { kind: "kill" });
    const isOnItsWay = answered.ok || answered.reason === "ended" || answered.reason === "unfinished";
    if (!isOnItsWay) return notEnded(before, answered.error);
    const limit = AbortSignal.timeout(options.killGraceMs + END_LIMIT_MS);
    await catalog.whenEnded(id, AbortSignal.any([abort, limit]));
  }
  const after = (await catalog.find(id)) ?? before;
  if (after.record.endedAt === null) return notEnded(after, "It is being ended; look again with bizar_status.");
  const { status, agent } = after.record;
  return answer(
    `${agent} ${status}`,
    { instanceId: id, status },
    { statuses: { [id]: status }, ...namingEnds([after.record]) },
  );
}

function notEnded({ record }: CatalogEntry, why: string): ToolResult {
  const { instanceId: id, status, supervisor } = record;
  return errorAnswer(`This agent belongs to another opencode (process ${supervisor.pid}). ${why}`, {
    instanceId: id,
    status,
  });
}
