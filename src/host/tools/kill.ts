import type { ToolContext, ToolDefinition, ToolResult } from "@opencode-ai/plugin/tool";
import type { CatalogEntry } from "../instance-catalog.ts";
import { namingEnds } from "../announcements/told-ends.ts";
import { endInstance } from "../end-instance.ts";
import { answer, errorAnswer } from "./answer.ts";
import { instanceId, readArguments } from "./arguments.ts";
import { forSupervisors, neverThrowing, type ToolParts } from "./tool-parts.ts";
import { plainName } from "../../text/plain-name.ts";

export const KILL = "bizar_kill";

const description = `End a background agent, and everything that it started.

The answer comes when nothing of it runs any more. What it wrote so far can still be collected. An agent that has ended
already stays as it is.`;

const args = { instanceId: instanceId.describe("The agent to end") };

export function killTool(parts: ToolParts): ToolDefinition {
  const run = async (given: unknown, { sessionID, abort }: ToolContext): Promise<ToolResult> => {
    const reading = readArguments(KILL, args, given);
    if (!reading.ok) return errorAnswer(reading.error);
    const { instanceId: id } = reading.value;
    const ended = (await parts.supervision()).collecting([id], sessionID);
    try {
      return await kill(parts, id, abort);
    } finally {
      ended();
    }
  };
  return { description, args, execute: neverThrowing(KILL, forSupervisors(KILL, parts.options, run)) };
}

async function kill({ supervision, options }: ToolParts, id: string, abort: AbortSignal): Promise<ToolResult> {
  const ended = await endInstance(await supervision(), id, options.killGraceMs, abort);
  if (ended === undefined) return errorAnswer("instance not found", { instanceId: id });
  if (ended.why !== undefined) return notEnded(ended.entry, ended.why);
  const { record } = ended.entry;
  const { status, agent, error } = record;
  // What nobody has seen the end of was not killed: the error says why.
  const why = status === "failed" && error !== null ? { error } : {};
  return answer(
    `${plainName(agent)} ${status}`,
    { instanceId: id, status, ...why },
    { statuses: { [id]: status }, ...namingEnds([record]) },
  );
}

function notEnded({ record }: CatalogEntry, why: string): ToolResult {
  const { instanceId: id, status, supervisor } = record;
  return errorAnswer(`This agent belongs to another opencode (process ${supervisor.pid}). ${why}`, {
    instanceId: id,
    status,
  });
}
