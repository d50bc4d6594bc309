import type { ToolContext, ToolDefinition, ToolResult } from "@opencode-ai/plugin/tool";
import { z } from "zod";
import type { ListedEntry } from "../instance-catalog.ts";
import { answer, errorAnswer, newestViews } from "./answer.ts";
import { instanceId, readArguments } from "./arguments.ts";
import { instanceView } from "./instance-view.ts";
import { neverThrowing, type ToolParts } from "./tool-parts.ts";

export const STATUS = "bizar_status";
const ENDED_SHOWN = 20;

const description =
  "Look at this session's background agents, or at one. You are told when one ends: to wait is no reason to look.";

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
    const { clock, looks, recordDir } = parts;
    const tell = (entries: readonly ListedEntry[], asked: string) => {
      const now = clock.now();
      const knownForMs = looks.known(context.sessionID, asked, newsOf(entries), now);
      const isNews = knownForMs === undefined || entries.length === 0;
      return isNews ? statusAnswer(entries, recordDir, now) : unchanged(entries, context.sessionID, knownForMs);
    };
    if (value.instanceId !== undefined) {
      const entry = await catalog.find(value.instanceId);
      if (entry === undefined) return errorAnswer("instance not found", { instanceId: value.instanceId });
      return tell([entry], value.instanceId);
    }
    const entries = await catalog.list();
    return value.all === true ? tell(entries, "all") : tell(ofSession(entries, context.sessionID), "own");
  };
  return { description, args, execute: neverThrowing(STATUS, run) };
}

function ofSession(entries: readonly ListedEntry[], sessionId: string): ListedEntry[] {
  const own = entries.filter(({ record }) => record.parent.sessionId === sessionId);
  const ended = own.filter(({ record }) => record.endedAt !== null).slice(-ENDED_SHOWN);
  return own.filter((entry) => entry.record.endedAt === null || ended.includes(entry));
}

/** What a look can bring that was not known before. */
function newsOf(entries: readonly ListedEntry[]): string {
  return JSON.stringify(
    entries.map((entry) => {
      const { elapsed: _, activity, ...view } = instanceView(entry, 0);
      // "waiting for the model, 16 s"
      return { ...view, activity: String(activity).replace(/, \d+ s$/, "") };
    }),
  );
}

function unchanged(entries: readonly ListedEntry[], sessionId: string, forMs: number): ToolResult {
  const live = entries.filter(({ record }) => record.endedAt === null);
  const isTold = live.some(({ record }) => record.parent.sessionId === sessionId && record.announce !== "off");
  const rest = live.length === 0 ? "; all of it has ended" : isTold ? "; you will be told" : "";
  const note = `nothing has changed for ${Math.round(forMs / 1000)} s${rest}`;
  return answer(note, [{ note }], { count: entries.length, live: live.length });
}

function statusAnswer(entries: readonly ListedEntry[], recordDir: string, now: number): ToolResult {
  const views = newestViews(entries, (entry) => instanceView(entry, now), recordDir);
  const live = entries.filter(({ record }) => record.endedAt === null).length;
  return answer(`${entries.length} ${entries.length === 1 ? "agent" : "agents"}, ${live} live`, views, {
    count: entries.length,
    live,
  });
}
