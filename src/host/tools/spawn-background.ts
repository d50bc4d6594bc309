import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import type { Options } from "../../config/options.ts";
import { ANY, placesOf } from "../../config/places.ts";
import { losesSessions } from "../../config/launchers.ts";
import type { Supervisor } from "../../supervisor/supervisor.ts";
import { inWords, placeMeant } from "../find-place.ts";
import type { CatalogEntry } from "../../fleet/instance-catalog.ts";
import { fallbackModels, preflight } from "../preflight.ts";
import { answer, errorAnswer, noting } from "./answer.ts";
import { shorten } from "../../text/shorten.ts";
import { titleOf } from "./instance-view.ts";
import { readGiven } from "./arguments.ts";
import { PROMPT, WAIT_MS } from "./background-arguments.ts";
import { beginOwnFolder } from "./begin-own-folder.ts";
import type { Given, SchemaTool, ToolSchema } from "./schema-tool.ts";
import { sharedFiles } from "./shared-files.ts";
import { forSupervisors, neverThrowing, type ToolParts } from "./tool-parts.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { whenIdentified } from "./when-identified.ts";
import { plainName } from "../../text/plain-name.ts";
import { unreachable } from "../../lib/unreachable.ts";
import { CHANGES, COLLECT, SPAWN } from "../../text/own-tools.ts";

const description = "Start a background agent that works while you go on. You are told when it ends.";

const DEFAULT_TIMEOUT_MS = 300_000;

const schema = {
  properties: {
    agent: {
      type: "string",
      isName: true,
      alsoCalled: ["subagent_type", "subagent", "agent_type", "agentName"],
    },
    prompt: {
      ...PROMPT,
      description: "The whole task: it sees nothing of this conversation",
    },
    model: {
      type: "string",
      isName: true,
      isModel: true,
      alsoCalled: ["modelID", "modelName"],
      description: "provider/model",
    },
    fallback: {
      type: "string",
      areNames: true,
      alsoCalled: ["fallbackModels", "fallbacks"],
    },
    backend: {
      type: "string",
      enum: ["process", "warm"],
    },
    on: {
      type: "string",
      isName: true,
      alsoCalled: ["place", "launcher", "server", "where", "host"],
    },
    isolation: {
      type: "string",
      enum: ["none", "worktree"],
      description: `worktree: in a folder of its own; ${CHANGES} brings its work back`,
    },
    title: {
      type: "string",
      minLength: 1,
      maxLength: 200,
      alsoCalled: ["description", "name", "label"],
    },
    planTask: {
      type: "string",
      isName: true,
      alsoCalled: ["plan_task", "planElement"],
      description: "plan/task, ticked when done",
    },
    timeoutMs: { ...WAIT_MS, description: `Wait of ${COLLECT}` },
    deadlineMs: {
      type: "integer",
      minimum: 1000,
      maximum: 86_400_000,
      alsoCalled: ["deadline"],
      description: "Ends the run",
    },
  },
  required: ["agent", "prompt"],
} as const satisfies ToolSchema;

/** What models are offered: a place only where there are some. */
function offeredSchema(options: ToolParts["options"]): ToolSchema {
  const { on, ...others } = schema.properties;
  const names = placesOf(options).map(({ name, slots }) => `${name} (${slots} slots)`);
  if (names.length === 0) return { ...schema, properties: others };
  const all = ["here", ...names, ...(options.servers.length > 0 ? [`${ANY} (a server with room)`] : [])];
  const where = { ...on, description: `Where: ${all.join(", ")}; default ${options.defaultLauncher ?? "here"}` };
  return { ...schema, properties: { ...others, on: where } };
}

export function spawnBackgroundTool(parts: ToolParts): SchemaTool {
  const run = forSupervisors(
    SPAWN,
    parts.options,
    async (given: unknown, context) => await spawn(parts, given, context),
  );
  return { name: SPAWN, description, schema: offeredSchema(parts.options), run: neverThrowing(SPAWN, run) };
}

async function spawn(parts: ToolParts, args: unknown, context: ToolContext): Promise<ToolResult> {
  const reading = readGiven(SPAWN, schema, args);
  const { sessionID: sessionId, messageID: messageId, directory } = context;
  const look = async ({ agent = "", model }: Partial<Given<typeof schema>>) =>
    await preflight(parts.host, { agent, model, directory, caller: { sessionId, messageId } });
  if (!reading.ok) {
    // What else is wrong is told with it, where the host can tell.
    const other = await look(reading.partial).catch(() => undefined);
    const error = other?.ok === false ? `${reading.error} ${other.error}` : reading.error;
    return noting(errorAnswer(error), reading.note);
  }
  const given = reading.value;
  const checked = await look(given);
  if (!checked.ok) return noting(errorAnswer(checked.error, { reason: checked.reason }), reading.note);
  const planTask = given.planTask === undefined ? undefined : await parts.planTasks?.resolve(given.planTask);
  if (typeof planTask === "string") return noting(errorAnswer(planTask), reading.note);
  const fallback =
    given.fallback === undefined ? undefined : await fallbackModels(parts.host, directory, given.fallback);
  if (typeof fallback === "string") return noting(errorAnswer(fallback, { reason: "model_unknown" }), reading.note);
  const { prompt } = given;
  const { supervisor, catalog, workspace } = await parts.fleet();
  const meant = placeMeant(given.on, parts.options, (place) => supervisor.free(place));
  if (!meant.ok) return noting(errorAnswer(meant.error, { reason: "place_unknown" }), reading.note);
  const place = atPlace(meant.on, parts.options, given);
  const title = titleOf(given.title, prompt);
  const own = await beginOwnFolder(workspace, parts.options, place.isolation, {
    agent: checked.agent,
    title,
    directory,
  });
  if (!own.ok) return noting(errorAnswer(own.error, { reason: own.reason }), reading.note);
  const { instanceId, folder, notes } = own.value;
  const { agent, model } = checked;
  const request = {
    ...{ agent, model, prompt, directory, folder, title, backend: place.backend },
    ...(fallback !== undefined && { fallback }),
    ...(meant.on !== undefined && { on: meant.on, losesSession: place.losesSession }),
    parent: { sessionId, messageId, agent: context.agent },
    ...(planTask !== undefined && { planTask }),
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
  const note = [...place.notes, ...notes, ...(shared === undefined ? [] : [shared])].join(" ");
  const taken = [reading.note, checked.note].filter((words) => words !== undefined).join("; ");
  return noting(await describe(parts, { supervisor, catalog }, instanceId, note || undefined), taken || undefined);
}

/** What a place makes of an agent. */
interface AtPlace {
  readonly backend: Options["backend"];
  readonly isolation: Options["isolation"] | undefined;
  readonly losesSession: boolean;
  /** What is otherwise than it was asked for. */
  readonly notes: readonly string[];
}

function atPlace(
  on: string | undefined,
  options: ToolParts["options"],
  { backend, isolation }: Pick<Given<typeof schema>, "backend" | "isolation">,
): AtPlace {
  if (on === undefined) return { backend: backend ?? options.backend, isolation, losesSession: false, notes: [] };
  const launcher = options.launchers[on];
  // In a server every agent has a session, and a copy of the files.
  const isCopied = launcher === undefined || launcher.files === "git";
  const losesSession = launcher !== undefined && losesSessions(launcher);
  return {
    backend: launcher === undefined ? "warm" : "process",
    isolation: isCopied ? "worktree" : isolation,
    losesSession,
    notes: [
      ...(launcher !== undefined && backend === "warm" ? [`On ${on} it is a process of its own.`] : []),
      ...(launcher === undefined && backend === "process" ? [`On ${on} it has a session of a server.`] : []),
      ...(isCopied && isolation === "none" ? [`On ${on} it works in a copy; ${CHANGES} brings its work back.`] : []),
      ...(losesSession ? [`Its session is gone with its end on ${on}: no message can follow.`] : []),
    ],
  };
}

function free(on: string, options: ToolParts["options"], supervisor: Supervisor): { free?: string } {
  const slots = placesOf(options).find(({ name }) => name === on)?.slots;
  return slots === undefined ? {} : { free: inWords(supervisor.free(on), slots) };
}

async function describe(
  parts: ToolParts,
  { supervisor, catalog }: Pick<Fleet, "supervisor" | "catalog">,
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
    ...(record.on === undefined ? {} : { on: record.on, ...free(record.on, parts.options, supervisor) }),
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
  const line = queuePosition === undefined ? "" : `, number ${queuePosition} in line`;
  return `It waits for ${waitsFor?.what ?? "a place"}${line}${detail}`;
}

/** What the caller does while an agent works. */
function meanwhile({ record }: CatalogEntry, { options, endsWithTurn }: ToolParts): string {
  const rest = record.folder === null ? "do not poll, or work on the same files." : "do not poll.";
  if (options.announce === "off") return `${COLLECT} waits for its end; ${rest}`;
  return `${endsWithTurn ? "Collect it before you end your turn" : "You are told when it ends"}: ${rest}`;
}
