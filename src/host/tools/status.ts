import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import type { ListedEntry } from "../../fleet/instance-catalog.ts";
import { answer, jsonBytes, MOST_VIEW_BYTES, newestViews } from "./answer.ts";
import { withArguments } from "./arguments.ts";
import { SOME_AGENTS } from "./background-arguments.ts";
import { findAgents, notFoundAnswer, type NotFound } from "./find-agents.ts";
import { instanceView } from "./instance-view.ts";
import type { Given, SchemaTool, ToolSchema } from "./schema-tool.ts";
import { neverThrowing, type ToolParts } from "./tool-parts.ts";
import { STATUS } from "../../text/own-tools.ts";

const ENDED_SHOWN = 20;

const description = "What your background agents do. You are told of ends: to wait is no reason to look.";

const schema = {
  properties: {
    instanceId: { ...SOME_AGENTS },
    all: { type: "boolean", description: "Of all sessions" },
  },
  required: [],
} as const satisfies ToolSchema;

export function statusTool(parts: ToolParts): SchemaTool {
  const run = async (given: Given<typeof schema>, { sessionID }: ToolContext): Promise<ToolResult> => {
    const { catalog } = await parts.fleet();
    const { clock, looks, recordDir } = parts;
    const tell = (entries: readonly ListedEntry[], asked: string, missing: readonly NotFound[] = []) => {
      const now = clock.now();
      const knownForMs = looks.known(sessionID, asked, newsOf(entries), now);
      const isNews = knownForMs === undefined || entries.length === 0 || missing.length > 0;
      return isNews ? statusAnswer(entries, recordDir, now, missing) : unchanged(entries, sessionID, knownForMs);
    };
    if (given.instanceId !== undefined) {
      const found = await findAgents(catalog, given.instanceId, sessionID);
      const missing = found.flatMap((one) => (one.entry === undefined ? one.missing : []));
      const [first] = missing;
      if (first !== undefined && found.length === 1) return notFoundAnswer(first);
      const entries = found.flatMap(({ entry }) => entry ?? []);
      return tell(entries, entries.map(({ record }) => record.instanceId).join(), missing);
    }
    const entries = await catalog.list();
    return given.all === true ? tell(entries, "all") : tell(ofSession(entries, sessionID), "own");
  };
  return { name: STATUS, description, schema, run: neverThrowing(STATUS, withArguments(STATUS, schema, run)) };
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

function statusAnswer(
  entries: readonly ListedEntry[],
  recordDir: string,
  now: number,
  missing: readonly NotFound[],
): ToolResult {
  const bytes = MOST_VIEW_BYTES - jsonBytes(missing);
  const views = newestViews(entries, (entry) => instanceView(entry, now), recordDir, bytes);
  const live = entries.filter(({ record }) => record.endedAt === null).length;
  const title = `${entries.length} ${entries.length === 1 ? "agent" : "agents"}, ${live} live`;
  return answer(title, [...views, ...missing], { count: entries.length, live });
}
