import type { ToolContext, ToolDefinition, ToolResult } from "@opencode-ai/plugin/tool";
import { z } from "zod";
import type { ListedEntry } from "../instance-catalog.ts";
import { answer, errorAnswer, jsonBytes, MAX_ANSWER_BYTES } from "./answer.ts";
import { instanceId, readArguments } from "./arguments.ts";
import { instanceView } from "./instance-view.ts";
import { neverThrowing, type ToolParts } from "./tool-parts.ts";

export const STATUS = "bizar_status";
const ENDED_SHOWN = 20;
/** Room for the note that older ones were left out. */
const NOTE_BYTES = 500;

const description = `Show background agents: status, what each is doing now, tool calls, tokens, cost, and where its log is.

Without arguments: those of this session that live, and the last 20 that ended. It never waits; use bizar_collect to
wait for a result instead of asking for the status again and again.`;

const args = {
  instanceId: instanceId.optional().describe("Only this agent"),
  all: z.boolean().optional().describe("Every agent on this machine, also of other sessions"),
};

export function statusTool(parts: ToolParts): ToolDefinition {
  const run = async (given: unknown, context: ToolContext): Promise<ToolResult> => {
    const reading = readArguments(STATUS, args, given);
    if (!reading.ok) return errorAnswer(reading.error);
    const { value } = reading;
    const { catalog } = await parts.supervision();
    if (value.instanceId !== undefined) {
      const entry = await catalog.find(value.instanceId);
      if (entry === undefined) return errorAnswer("instance not found", { instanceId: value.instanceId });
      return statusAnswer([entry], parts.recordDir);
    }
    const entries = await catalog.list();
    return statusAnswer(value.all === true ? entries : ofSession(entries, context.sessionID), parts.recordDir);
  };
  return { description, args, execute: neverThrowing(STATUS, run) };
}

function ofSession(entries: readonly ListedEntry[], sessionId: string): ListedEntry[] {
  const own = entries.filter(({ record }) => record.parent.sessionId === sessionId);
  const ended = own.filter(({ record }) => record.endedAt !== null).slice(-ENDED_SHOWN);
  return own.filter((entry) => entry.record.endedAt === null || ended.includes(entry));
}

function statusAnswer(entries: readonly ListedEntry[], recordDir: string): ToolResult {
  const views: Record<string, unknown>[] = [];
  let bytes = NOTE_BYTES;
  // The newest matter most: where not all fit, the oldest are left out.
  for (const entry of entries.toReversed()) {
    const view = instanceView(entry);
    // Inside the array each line is two blanks further in.
    bytes += jsonBytes([view]);
    if (bytes > MAX_ANSWER_BYTES) break;
    views.unshift(view);
  }
  const omitted = entries.length - views.length;
  if (omitted > 0) views.unshift({ truncated: true, omitted, note: "older ones are left out", path: recordDir });
  const live = entries.filter(({ record }) => record.endedAt === null).length;
  return answer(`${entries.length} ${entries.length === 1 ? "agent" : "agents"}, ${live} live`, views, {
    count: entries.length,
    live,
  });
}
