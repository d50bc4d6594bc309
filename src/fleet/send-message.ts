import type { Clock } from "../lib/clock.ts";
import type { OrphanedRecords } from "../store/orphaned-records.ts";
import type { Instance } from "../supervisor/instance.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import type { SendMessage } from "./fleet.ts";

/** Another host has an ended record for as long as it takes to tell of the end: a message waits for it so often, so long. */
const CLAIM_ATTEMPTS = 20;
const CLAIM_PAUSE_MS = 500;

type EndedRecords = Pick<OrphanedRecords, "claimEnded" | "findEnded" | "releaseEnded">;

/** What gives agents messages: those that this plugin instance runs, and those that have ended and are nobody's. */
export function messageSender(
  supervisor: Pick<Supervisor, "tellNow" | "followUp" | "resume">,
  records: EndedRecords,
  clock: Clock,
): SendMessage {
  return async (instanceId, prompt, now) => {
    if (now === true && (await supervisor.tellNow(instanceId, prompt))) return "noted";
    if (supervisor.followUp(instanceId, prompt)) return "accepted";
    const instance = await claimEnded(records, clock, instanceId);
    // Another message, which came first, may have made it go on: then this one goes behind it.
    if (instance === undefined) return supervisor.followUp(instanceId, prompt) ? "accepted" : "foreign";
    try {
      if (!supervisor.followUp(instanceId, prompt)) await supervisor.resume(instance, prompt);
    } finally {
      await records.releaseEnded(instanceId);
    }
    return "accepted";
  };
}

async function claimEnded(records: EndedRecords, clock: Clock, instanceId: string): Promise<Instance | undefined> {
  for (let attempt = 1; ; attempt++) {
    const instance = await records.claimEnded(instanceId);
    if (instance !== undefined || attempt === CLAIM_ATTEMPTS) return instance;
    if ((await records.findEnded(instanceId)) === undefined) return undefined;
    await new Promise<void>((resolve) => clock.after(CLAIM_PAUSE_MS, resolve));
  }
}
