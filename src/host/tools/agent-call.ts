import type { PlanGateParts } from "../plans/plan-gate.ts";
import { readGiven } from "./arguments.ts";
import { changesSchema } from "./changes.ts";
import { findAgent } from "./find-agents.ts";
import { sendMessageSchema } from "./send-message.ts";
import type { ToolParts } from "./tool-parts.ts";
import { CHANGES, SEND_MESSAGE } from "../../text/own-tools.ts";

/** What a call is about, read as the tool itself reads it: whatever it would take is judged, however it is written. */
export function agentCall({ fleet }: Pick<ToolParts, "fleet">): NonNullable<PlanGateParts["agentCall"]> {
  return {
    async addressee(args, sessionId) {
      const reading = readGiven(SEND_MESSAGE, sendMessageSchema, args);
      const { instanceId } = reading.ok ? reading.value : reading.partial;
      if (instanceId === undefined) return undefined;
      return (await findAgent((await fleet()).catalog, instanceId, sessionId)).entry?.record.instanceId;
    },
    changesAction(args) {
      const reading = readGiven(CHANGES, changesSchema, args);
      return (reading.ok ? reading.value : reading.partial).action;
    },
  };
}
