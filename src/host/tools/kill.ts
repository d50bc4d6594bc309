import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import type { InstanceRecord } from "../../store/record.ts";
import { ownMetadata } from "../../opencode/own-metadata.ts";
import { endsOf } from "../../fleet/telling/told-ends.ts";
import { endInstance } from "../../fleet/end-instance.ts";
import { answer, errorAnswer } from "./answer.ts";
import { withArguments } from "./arguments.ts";
import { SOME_AGENTS } from "./background-arguments.ts";
import { findAgents, NOT_FOUND, type FoundAgent } from "./find-agents.ts";
import type { Given, SchemaTool, ToolSchema } from "./schema-tool.ts";
import { forSupervisors, neverThrowing, type ToolParts } from "./tool-parts.ts";
import { plainName } from "../../text/plain-name.ts";
import { KILL } from "../../text/own-tools.ts";

const description = "End a background agent and all that it started.";

const schema = {
  properties: { instanceId: { ...SOME_AGENTS } },
  required: ["instanceId"],
} as const satisfies ToolSchema;

export function killTool(parts: ToolParts): SchemaTool {
  const run = async ({ instanceId }: Given<typeof schema>, { sessionID, abort }: ToolContext): Promise<ToolResult> => {
    const fleet = await parts.fleet();
    const found = await findAgents(fleet.catalog, instanceId, sessionID);
    const ended = fleet.collecting(
      found.map(({ id }) => id),
      sessionID,
    );
    try {
      return killAnswer(await Promise.all(found.map(async (one) => await kill(parts, one, abort))));
    } finally {
      ended();
    }
  };
  const guarded = forSupervisors(KILL, parts.options, withArguments(KILL, schema, run));
  return { name: KILL, description, schema, run: neverThrowing(KILL, guarded) };
}

/** What came of ending one agent. */
interface Killed {
  readonly view: { readonly instanceId: string; readonly error?: string } & Readonly<Record<string, unknown>>;
  /** As it is when it has ended. */
  readonly record?: InstanceRecord;
}

function killAnswer(all: readonly Killed[]): ToolResult {
  const [only, ...others] = all;
  const records = all.flatMap(({ record }) => record ?? []);
  const title = records.map(({ agent, status }) => `${plainName(agent)} ${status}`).join(", ");
  const statuses = Object.fromEntries(records.map(({ instanceId, status }) => [instanceId, status]));
  if (only === undefined || others.length > 0) {
    return answer(
      title,
      all.map(({ view }) => view),
      { statuses, ...ownMetadata(endsOf(records)) },
    );
  }
  if (only.record !== undefined) return answer(title, only.view, { statuses, ...ownMetadata(endsOf(records)) });
  const { error = "", ...facts } = only.view;
  return errorAnswer(error, facts);
}

async function kill({ fleet, options }: ToolParts, found: FoundAgent, abort: AbortSignal): Promise<Killed> {
  if (found.entry === undefined) return { view: { ...found.missing } };
  const { id } = found;
  const ended = await endInstance(await fleet(), id, options.killGraceMs, abort);
  if (ended === undefined) return { view: { error: NOT_FOUND, instanceId: id } };
  const { record } = ended.entry;
  const { status, error, supervisor } = record;
  if (ended.why !== undefined) {
    const words = `This agent belongs to another opencode (process ${supervisor.pid}). ${ended.why}`;
    return { view: { error: words, instanceId: id, status } };
  }
  // What nobody has seen the end of was not killed: the error says why.
  const why = status === "failed" && error !== null ? { error } : {};
  return { view: { instanceId: id, status, ...why }, record };
}
