import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import type { InstanceRecord } from "../../store/record.ts";
import { giveMessage } from "../../fleet/give-message.ts";
import { answer, errorAnswer } from "./answer.ts";
import { withArguments } from "./arguments.ts";
import { ONE_AGENT, PROMPT } from "./background-arguments.ts";
import { findAgent, notFoundAnswer } from "./find-agents.ts";
import type { Given, SchemaTool, ToolSchema } from "./schema-tool.ts";
import { forSupervisors, neverThrowing, type ToolParts } from "./tool-parts.ts";
import { whenIdentified } from "./when-identified.ts";
import { plainName } from "../../text/plain-name.ts";
import { SEND_MESSAGE } from "../../text/own-tools.ts";

const description = "Give an agent, at work or ended, a further task: it knows what it did.";

export const sendMessageSchema = {
  properties: {
    instanceId: { ...ONE_AGENT },
    prompt: { ...PROMPT },
    mode: { type: "string", enum: ["after", "now"], description: "After its turn, or at its next step" },
  },
  required: ["instanceId", "prompt"],
} as const satisfies ToolSchema;

export function sendMessageTool(parts: ToolParts): SchemaTool {
  const run = withArguments(
    SEND_MESSAGE,
    sendMessageSchema,
    async (given, context) => await send(parts, given, context),
  );
  const guarded = forSupervisors(SEND_MESSAGE, parts.options, run);
  return { name: SEND_MESSAGE, description, schema: sendMessageSchema, run: neverThrowing(SEND_MESSAGE, guarded) };
}

/** A session whose last turn came to no good end is not gone on with silently. */
function afterFailure({ status, reason }: InstanceRecord): string {
  if (status === "queued" || status === "pending" || status === "running" || status === "done") return "";
  return `, after a turn that was ${status.replace("_", " ")}${reason === null || reason === status ? "" : ` (${reason})`}`;
}

/** Where the agent goes on: in the session that it had, unless another one was begun for it. */
function whereTo({ agent: name, sessionId }: InstanceRecord, before: InstanceRecord): string {
  const agent = plainName(name);
  if (sessionId === before.sessionId) return `${agent} goes on in the same session${afterFailure(before)}.`;
  return (
    `${agent} begins a new session, in which nothing of the earlier one (${before.sessionId}) is known: ` +
    `its definition has changed since. Send it again what it needs.`
  );
}

async function send(
  { fleet }: ToolParts,
  { instanceId, prompt, mode }: Given<typeof sendMessageSchema>,
  { abort, sessionID }: ToolContext,
): Promise<ToolResult> {
  const { supervisor, catalog, sendMessage, askOwner } = await fleet();
  const found = await findAgent(catalog, instanceId, sessionID);
  if (found.entry === undefined) return notFoundAnswer(found.missing);
  const { id, entry: before } = found;
  const { sessionId, endedAt } = before.record;
  const agent = plainName(before.record.agent);
  if (endedAt !== null && sessionId === null) {
    return errorAnswer(`${agent} never had a session that could go on: spawn it again.`, { instanceId: id });
  }
  const now = mode === "now";
  // One that is being started reads it at its first step.
  if (now && before.record.status === "pending") await whenIdentified(supervisor, id, abort);
  const given = await giveMessage({ sendMessage, askOwner }, before.record, prompt, now);
  if (!given.ok) return errorAnswer(given.error, { instanceId: id, status: before.record.status });
  const { outcome } = given;
  // Only the turn that starts shows in which session.
  if (endedAt !== null) await whenIdentified(supervisor, id, abort);
  const { record, queuePosition, waitsFor } = (await catalog.find(id)) ?? before;
  const waits = record.followUps.length;
  // Of an agent of another opencode the record says whether it is at work.
  const isNoted = outcome === "noted" || (outcome === "foreign" && now && waits === 0 && record.status === "running");
  const value = {
    instanceId: id,
    status: record.status,
    turn: record.turns.length + waits,
    ...(queuePosition === undefined ? {} : { queuePosition }),
    ...(waitsFor === undefined ? {} : { waitsFor: waitsFor.what }),
    message: isNoted
      ? `${agent} reads it at its next step; if it ends before that, in a further turn.`
      : waits > 0
        ? `${agent} takes the message up when its running turn has ended${waits > 1 ? `, after ${waits - 1} others` : ""}.`
        : whereTo(record, before.record),
  };
  const metadata = { instanceId: id, sessionId: record.sessionId };
  return answer(`${agent} ${waits > 0 ? "will go on" : "goes on"} (${id})`, value, metadata);
}
