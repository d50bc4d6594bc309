import type { InstanceRecord } from "../store/record.ts";
import type { MessageOutcome, Fleet } from "./fleet.ts";

/** What came of a message, or why the agent has not got it. */
export type Given =
  | { readonly ok: true; readonly outcome: MessageOutcome }
  | { readonly ok: false; readonly error: string };

/** Gives an agent a message, whichever opencode runs it. */
export async function giveMessage(
  { sendMessage, askOwner }: Pick<Fleet, "sendMessage" | "askOwner">,
  {
    instanceId,
    supervisor,
    losesSession,
    on,
  }: Pick<InstanceRecord, "instanceId" | "supervisor" | "losesSession" | "on">,
  prompt: string,
  now = false,
): Promise<Given> {
  if (losesSession === true) {
    const error = `Its session is gone with its end on ${on}, as is the container: spawn it again with all that it needs.`;
    return { ok: false, error };
  }
  const outcome = await sendMessage(instanceId, prompt, now);
  if (outcome !== "foreign") return { ok: true, outcome };
  const answered = await askOwner(instanceId, { kind: "send", prompt, ...(now && { now }) });
  if (answered.ok) return { ok: true, outcome };
  return { ok: false, error: `This agent belongs to another opencode (process ${supervisor.pid}). ${answered.error}` };
}
