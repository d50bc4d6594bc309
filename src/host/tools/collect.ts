import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import type { HostClient } from "../../opencode/host-client.ts";
import type { CatalogEntry, InstanceCatalog } from "../../fleet/instance-catalog.ts";
import { withLimit } from "../../lib/with-limit.ts";
import { ownMetadata } from "../../opencode/own-metadata.ts";
import { endsOf } from "../../fleet/telling/told-ends.ts";
import { describeError } from "../../lib/describe-error.ts";
import { promptsOf } from "../../supervisor/read-transcript.ts";
import { lastMessageOf } from "../../supervisor/result.ts";
import { answer, cutToJsonBytes, errorAnswer, jsonBytes, MAX_ANSWER_BYTES } from "./answer.ts";
import { withArguments } from "./arguments.ts";
import { SOME_AGENTS, WAIT_MS } from "./background-arguments.ts";
import { changesView } from "./changes-view.ts";
import { deedsView } from "./deeds-view.ts";
import { agentsOf, findAgents, NOT_FOUND, notFoundAnswer, type FoundAgent } from "./find-agents.ts";
import type { Given, SchemaTool, ToolSchema } from "./schema-tool.ts";
import { forSupervisors, neverThrowing, type ToolParts } from "./tool-parts.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { plainName } from "../../text/plain-name.ts";
import { spending, whichAgent } from "./instance-view.ts";
import { COLLECT } from "../../text/own-tools.ts";

const TALKED_TO = "answer the user, who has written, and collect it again then";
/** An error takes at most this part of its agent's share: bytes, since escapes take six for one. */
const ERROR_SHARE = 4;

const description =
  "Wait for background agents and get their results. When the wait runs out, they go on: collect again.";

const schema = {
  properties: {
    instanceId: { ...SOME_AGENTS },
    instanceIds: {
      ...SOME_AGENTS,
      type: "array",
      items: { type: "string" },
    },
    wait: {
      type: "string",
      enum: ["all", "any"],
    },
    timeoutMs: { ...WAIT_MS },
    scope: {
      type: "string",
      enum: ["last", "turn", "all"],
      description: "Its last message, last turn, all turns",
    },
  },
  required: [],
} as const satisfies ToolSchema;

type Scope = "last" | "turn" | "all";

export function collectTool(parts: ToolParts): SchemaTool {
  const run = async (given: Given<typeof schema>, context: ToolContext): Promise<ToolResult> => {
    const { instanceId = [], instanceIds = [], wait = "all", timeoutMs: asked, scope = "last" } = given;
    const names = [...new Set([...instanceId, ...instanceIds])];
    const { catalog, collecting, workspace, readElsewhere } = await parts.fleet();
    const found = await findAgents(catalog, names, context.sessionID);
    if (found.length === 0) {
      const agents = await agentsOf(catalog, context.sessionID);
      return errorAnswer(`${COLLECT} takes instanceId, or instanceIds for several: which agents?`, { agents });
    }
    const isSingle = given.instanceIds === undefined && found.length === 1;
    const ids = found.flatMap(({ id, entry }) => (entry === undefined ? [] : id));
    if (ids.length > 0) {
      const limit = asked ?? Math.max(...found.map(({ entry }) => entry?.record.timeoutMs ?? 0));
      const waited = async (signal: AbortSignal) => await waitFor(catalog, ids, wait, signal);
      const ended = collecting(ids, context.sessionID);
      try {
        await withLimit(
          context.abort,
          limit,
          async (signal) => await waitUnlessWritten(parts, context, signal, waited),
        );
      } finally {
        ended();
      }
    }
    const isTalkedTo = parts.unread.has(context.sessionID);
    const sources = { host: parts.host, clock: parts.clock, catalog, workspace, readElsewhere };
    return await results(sources, found, { scope, isTalkedTo }, isSingle);
  };
  const guarded = forSupervisors(COLLECT, parts.options, withArguments(COLLECT, schema, run));
  return { name: COLLECT, description, schema, run: neverThrowing(COLLECT, guarded) };
}

/** The user, who has written, does not wait for agents. */
async function waitUnlessWritten(
  { unread }: Pick<ToolParts, "unread">,
  { sessionID }: Pick<ToolContext, "sessionID">,
  limit: AbortSignal,
  wait: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([limit, stop.signal]);
  const written = unread.whenWritten(sessionID, signal);
  await wait(AbortSignal.any([signal, abortedBy(written)]));
  stop.abort();
}

/** Aborts once the promise says so. */
function abortedBy(promise: Promise<boolean>): AbortSignal {
  const abort = new AbortController();
  void promise.then((isSo) => isSo && abort.abort());
  return abort.signal;
}

async function waitFor(
  catalog: InstanceCatalog,
  ids: readonly string[],
  wait: "all" | "any",
  limit: AbortSignal,
): Promise<void> {
  // With "any" the other waits end with the first one.
  const stop = new AbortController();
  const signal = AbortSignal.any([limit, stop.signal]);
  const ends = ids.map((id) => catalog.whenEnded(id, signal));
  await (wait === "any" ? Promise.race(ends) : Promise.all(ends));
  stop.abort();
  if (wait === "all") return;
  // Others may have ended as well: that is told once their records hold it.
  const found = await Promise.all(ids.map(async (id) => await catalog.find(id)));
  const ended = found.filter((entry) => entry !== undefined && entry.record.endedAt !== null);
  await Promise.all(ended.map(async (entry) => await catalog.whenEnded(entry!.record.instanceId, limit)));
}

async function results(
  sources: ResultSources,
  found: readonly FoundAgent[],
  { scope, isTalkedTo }: { readonly scope: Scope; readonly isTalkedTo: boolean },
  isSingle: boolean,
): Promise<ToolResult> {
  const { clock, catalog, workspace } = sources;
  const all = await Promise.all(
    found.map(async (one): Promise<FoundAgent> => {
      if (one.entry === undefined) return one;
      const entry = await catalog.find(one.id);
      // A record may have been removed during the wait.
      return entry === undefined
        ? { id: one.id, missing: { error: NOT_FOUND, instanceId: one.id } }
        : { ...one, entry };
    }),
  );
  const [first] = all;
  if (isSingle && first !== undefined && first.entry === undefined) return notFoundAnswer(first.missing);
  const missing = all.flatMap((one) => (one.entry === undefined ? one.missing : []));
  const budget = Math.floor((MAX_ANSWER_BYTES - jsonBytes(missing)) / all.length);
  const how = { budget, isTalkedTo, now: clock.now() };
  const views = await Promise.all(
    all.map(async (one) => {
      if (one.entry === undefined) return one.missing;
      const { entry } = one;
      try {
        const [text, folder] = await Promise.all([
          resultText(sources, entry, scope),
          changesView(workspace, entry.record),
        ]);
        return resultView(entry, text, { ...how, folder });
      } catch (error) {
        // The others' results are there all the same.
        return {
          ...resultView(entry, "", { ...how, folder: {} }),
          error: `The result could not be read: ${describeError(error)}`,
        };
      }
    }),
  );
  const records = all.flatMap(({ entry }) => entry?.record ?? []);
  const ended = records.filter(({ endedAt }) => endedAt !== null).length;
  const title = isSingle
    ? `${plainName(records[0]?.agent ?? "")} ${records[0]?.status}`
    : `${ended} of ${all.length} agents have ended`;
  const statuses = Object.fromEntries(records.map(({ instanceId, status }) => [instanceId, status]));
  return answer(title, isSingle ? views[0] : views, { statuses, ...ownMetadata(endsOf(records)) });
}

/** Where results come from. */
interface ResultSources extends Pick<Fleet, "catalog" | "workspace"> {
  readonly readElsewhere: Fleet["readElsewhere"];
  readonly host: HostClient;
  readonly clock: ToolParts["clock"];
}

interface ViewSettings {
  readonly budget: number;
  readonly isTalkedTo: boolean;
  readonly now: number;
  /** What is in the agent's own folder. */
  readonly folder: Record<string, unknown>;
}

/** One result within its share of the answer. */
function resultView(
  entry: CatalogEntry,
  text: string,
  { budget, isTalkedTo, now, folder }: ViewSettings,
): Record<string, unknown> {
  const { record } = entry;
  const hasEnded = record.endedAt !== null;
  const view = {
    ...whichAgent(record),
    status: hasEnded ? record.status : "running",
    ...(hasEnded
      ? {}
      : {
          ...(isTalkedTo ? { endedBy: "user_message" } : {}),
          note: `still ${record.status} (${record.activity}); it was left alone, ${isTalkedTo ? TALKED_TO : "collect it again later"}`,
        }),
    ...(record.reason === null ? {} : { reason: record.reason }),
    ...deedsView(record, budget),
    ...folder,
    result: "",
    ...spending(record, now),
    ...(record.error === null ? {} : { error: cutToJsonBytes(record.error, Math.floor(budget / ERROR_SHARE)) }),
  };
  // Nobody needs the way to what stands here.
  const ofCut = { truncated: true, ...(record.resultPreview === null ? {} : { resultPath: entry.resultPath }) };
  const result = cutToJsonBytes(text, budget - jsonBytes([{ ...view, ...ofCut }]));
  return result === text ? { ...view, result } : { ...view, result, ...ofCut };
}

async function resultText(
  { host, catalog, readElsewhere }: ResultSources,
  entry: CatalogEntry,
  scope: Scope,
): Promise<string> {
  const { record } = entry;
  if (record.endedAt === null) return record.resultPreview ?? "";
  if (scope === "all" && record.turns.length > 1 && record.sessionId !== null) {
    const { sessionId, on } = record;
    const here = await host.read(sessionId, promptsOf(record));
    const turns = here ?? (on === undefined ? [] : await readElsewhere?.(on, sessionId, promptsOf(record)));
    if (turns !== undefined) return turns.flatMap(({ words }) => words).join("\n\n");
    return `[its session is on ${on}: of earlier turns nothing can be read here]\n\n${await catalog.result(entry)}`;
  }
  const whole = await catalog.result(entry);
  return scope === "last" ? lastMessageOf(whole, record.resultParts) : whole;
}
