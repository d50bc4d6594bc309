import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import { readFile } from "node:fs/promises";
import { actOnChanges, changesActions } from "../../workspace/act-on-changes.ts";
import { giveMessage } from "../../fleet/give-message.ts";
import { answer, cutToJsonBytes, errorAnswer, jsonBytes, MAX_ANSWER_BYTES } from "./answer.ts";
import { waitForChanges } from "./changes-wait.ts";
import { withArguments } from "./arguments.ts";
import { ONE_AGENT } from "./background-arguments.ts";
import { findAgent, notFoundAnswer } from "./find-agents.ts";
import type { Given, SchemaTool, ToolSchema } from "./schema-tool.ts";
import { forSupervisors, neverThrowing, type ToolParts } from "./tool-parts.ts";
import { plainName } from "../../text/plain-name.ts";
import { CHANGES, SEND_MESSAGE } from "../../text/own-tools.ts";

const description = `What an agent changed in its own folder (isolation "worktree").
show: the patch, whether it fits. apply: all of it, or nothing. update: your files of now into its folder, and it goes on. branch: a commit on a new branch. discard.`;

export const changesSchema = {
  properties: {
    instanceId: { ...ONE_AGENT },
    action: { type: "string", enum: changesActions },
  },
  required: ["instanceId", "action"],
} as const satisfies ToolSchema;

export function changesTool(parts: ToolParts): SchemaTool {
  const run = withArguments(CHANGES, changesSchema, async (given, context) => await decide(parts, given, context));
  const guarded = forSupervisors(CHANGES, parts.options, run);
  return { name: CHANGES, description, schema: changesSchema, run: neverThrowing(CHANGES, guarded) };
}

async function decide(
  { fleet, desk, options }: ToolParts,
  { instanceId, action }: Given<typeof changesSchema>,
  context: ToolContext,
): Promise<ToolResult> {
  const { catalog, workspace, sendMessage, askOwner } = await fleet();
  const found = await findAgent(catalog, instanceId, context.sessionID);
  if (found.entry === undefined) return notFoundAnswer(found.missing);
  const { id, entry } = found;
  const isUsers = options.applyChanges === "user" || (await workspace.reviews.isUsers(id));
  // What it cannot do at all, or must not now, is refused below.
  if (action === "apply" && isUsers && entry.record.folder !== null && entry.record.endedAt !== null) {
    return await waitForChanges(await desk(), workspace, { instanceId: id, agent: entry.record.agent }, context);
  }
  const acted = await actOnChanges(workspace, entry.record, action);
  if (!acted.ok) {
    const { error, reason, files } = acted;
    return errorAnswer(error, { instanceId: id, reason, ...(files === undefined ? {} : { files }) });
  }
  const { words, facts, followUp } = acted.value;
  let message = words;
  if (followUp !== undefined) {
    const given = await giveMessage({ sendMessage, askOwner }, entry.record, followUp);
    message += given.ok
      ? " The agent goes on with it: collect it."
      : ` It was not told: ${given.error} Ask it to go on with ${SEND_MESSAGE}.`;
  }
  const value = { instanceId: id, message, ...facts };
  const patch = action === "show" ? await patchText(facts["changes"], MAX_ANSWER_BYTES - jsonBytes(value)) : {};
  return answer(`${plainName(entry.record.agent)}: ${action}`, { ...value, ...patch }, { instanceId: id });
}

/** Room for the names of the fields, and the mark of a cut. */
const FIELD_BYTES = 100;

async function patchText(changes: unknown, bytes: number): Promise<Record<string, unknown>> {
  if (typeof changes !== "object" || changes === null || !("patchPath" in changes)) return {};
  const whole = await readFile(String(changes.patchPath), "utf8");
  const patch = cutToJsonBytes(whole, bytes - FIELD_BYTES);
  return patch === whole ? { patch } : { patch, truncated: true };
}
