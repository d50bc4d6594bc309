import type { ToolContext, ToolDefinition, ToolResult } from "@opencode-ai/plugin/tool";
import { z } from "zod";
import type { CatalogEntry, InstanceCatalog } from "../instance-catalog.ts";
import { preflight } from "../preflight.ts";
import { answer, errorAnswer, shorten } from "./answer.ts";
import { readArguments, timeoutMs } from "./arguments.ts";
import { beginOwnFolder } from "./begin-own-folder.ts";
import { sharedFiles } from "./shared-files.ts";
import { forSupervisors, neverThrowing, type ToolParts } from "./tool-parts.ts";
import { whenIdentified } from "./when-identified.ts";
import { plainName } from "../../text/plain-name.ts";
import { unreachable } from "../../lib/unreachable.ts";

export const SPAWN = "bizar_spawn_background";

const description = `Start a background agent: it works on its own while you go on.

Spawn several in one message when their tasks do not depend on each other; they run at the same time. Each agent starts
without any of this conversation, so the prompt must hold everything it needs: the goal, the files, what to hand back.
The answer comes as soon as the agent runs, with its instanceId. Then go on with your own work, look with bizar_status,
and fetch what it found with bizar_collect.`;

const DEFAULT_TIMEOUT_MS = 300_000;
const MAX_DEADLINE_MS = 86_400_000;
const MODEL = /^[^/]+\/.+$/;

const args = {
  agent: z
    .string()
    .min(1)
    .describe("The agent to run: mimir (research), thor (implements), or any other configured one"),
  prompt: z
    .string()
    .refine((text) => text.trim() !== "", "the prompt is empty")
    .describe("The whole task, self-contained: the agent sees nothing of this conversation"),
  model: z
    .string()
    .regex(MODEL, "expected provider/model, both halves non-empty")
    .optional()
    .describe("provider/model; left out: the agent's own model, else the one you run on"),
  backend: z
    .enum(["process", "warm"])
    .optional()
    .describe(
      "process: an opencode of its own; warm: a session of a shared one, quicker and lighter; left out: as set up",
    ),
  isolation: z
    .enum(["none", "worktree"])
    .optional()
    .describe("worktree: a folder of its own, a copy of this one as it is now; bizar_changes brings its work back"),
  title: z.string().min(1).max(200).optional().describe("A few words to tell this agent from the others"),
  timeoutMs: timeoutMs.optional().describe("How long bizar_collect waits for this agent by default (300000)"),
  deadlineMs: z
    .number()
    .int()
    .min(1000)
    .max(MAX_DEADLINE_MS)
    .optional()
    .describe("Ends the run as timed_out after this many milliseconds; left out: no limit"),
};

export function spawnBackgroundTool(parts: ToolParts): ToolDefinition {
  const run = async (given: unknown, context: ToolContext): Promise<ToolResult> => {
    const reading = readArguments(SPAWN, args, given);
    if (!reading.ok) return errorAnswer(reading.error);
    return await spawn(parts, reading.value, context);
  };
  return { description, args, execute: neverThrowing(SPAWN, forSupervisors(SPAWN, parts.options, run)) };
}

type SpawnArguments = z.infer<z.ZodObject<typeof args>>;

async function spawn(parts: ToolParts, given: SpawnArguments, context: ToolContext): Promise<ToolResult> {
  const { agent, prompt, model } = given;
  const { sessionID: sessionId, messageID: messageId, directory } = context;
  const checked = await preflight(parts.host, { agent, model, directory, caller: { sessionId, messageId } });
  if (!checked.ok) return errorAnswer(checked.error, { reason: checked.reason });
  const { supervisor, catalog, workspace } = await parts.supervision();
  const title = given.title ?? firstWords(prompt);
  const own = await beginOwnFolder(workspace, parts.options, given.isolation, {
    agent: checked.agent,
    title,
    directory,
  });
  if (!own.ok) return errorAnswer(own.error, { reason: own.reason });
  const { instanceId, folder, notes } = own.value;
  const request = {
    agent: checked.agent,
    prompt,
    directory,
    folder,
    model: checked.model,
    backend: given.backend ?? parts.options.backend,
    title,
    parent: { sessionId, messageId, agent: context.agent },
    timeoutMs: given.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    deadlineMs: given.deadlineMs ?? null,
    announce: parts.options.announce,
  };
  try {
    await supervisor.spawn(request, instanceId);
  } catch (error) {
    if (folder !== undefined) await workspace.cancel(instanceId);
    throw error;
  }
  const [shared] = await Promise.all([
    folder === undefined ? sharedFiles({ ...parts, supervisor, catalog }, prompt, directory) : undefined,
    whenIdentified(supervisor, instanceId, context.abort),
  ]);
  const note = [...notes, ...(shared === undefined ? [] : [shared])].join(" ");
  return await describe(parts, catalog, instanceId, note === "" ? undefined : note);
}

async function describe(
  parts: ToolParts,
  catalog: InstanceCatalog,
  instanceId: string,
  note: string | undefined,
): Promise<ToolResult> {
  const entry = await catalog.find(instanceId);
  if (entry === undefined) return errorAnswer("The agent was started, but its record has gone.", { instanceId });
  const { record, queuePosition, waitsFor } = entry;
  const { status } = record;
  const agent = plainName(record.agent);
  const value = {
    instanceId,
    status,
    ...(queuePosition === undefined ? {} : { queuePosition }),
    ...(waitsFor === undefined ? {} : { waitsFor: waitsFor.what }),
    ...(record.reason === null ? {} : { reason: record.reason }),
    ...(record.error === null ? {} : { error: shorten(record.error, 2000) }),
    ...(record.folder === null ? {} : { folder: record.folder.directory, base: record.folder.base }),
    message: message(entry, parts),
    ...(note === undefined ? {} : { note }),
  };
  const { sessionId, logPath } = record;
  const metadata = { instanceId, sessionId, processId: record.process?.pid ?? null, logPath, status };
  return answer(`${agent} ${status} (${instanceId})`, value, metadata);
}

function message(entry: CatalogEntry, parts: ToolParts): string {
  const { status } = entry.record;
  switch (status) {
    case "queued":
      return `${waiting(entry)}; it starts by itself. ${meanwhile(entry, parts)}`;
    case "pending":
      return `It is starting, which takes longer than usual. ${meanwhile(entry, parts)}`;
    case "running":
      return meanwhile(entry, parts);
    case "done":
    case "failed":
    case "killed":
    case "timed_out":
      return "It has ended already.";
    default:
      return unreachable(status);
  }
}

function waiting({ queuePosition, waitsFor }: CatalogEntry): string {
  const detail = waitsFor === undefined ? "" : ` (${waitsFor.detail})`;
  return `It waits for ${waitsFor?.what ?? "a place"}, number ${queuePosition ?? "?"} in line${detail}`;
}

/** What the caller does while an agent works. */
function meanwhile({ record }: CatalogEntry, { options, endsWithTurn }: ToolParts): string {
  const rest = record.folder === null ? "do not poll, and do not work on the same files." : "do not poll.";
  if (options.announce === "off") return `bizar_collect waits for its end; ${rest}`;
  return `You are told when it ends${endsWithTurn ? "; collect it before you end your turn" : ""}: ${rest}`;
}

function firstWords(prompt: string): string {
  return shorten(prompt.trim().replaceAll(/\s+/g, " "), 60);
}
