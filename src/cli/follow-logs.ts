import type { InstanceRecord, ListedRecord } from "../store/record.ts";
import type { CommandContext } from "./command.ts";
import { ownerState } from "./find-record.ts";
import { LogLabels } from "./log-labels.ts";
import { LogReader, type LogChoice } from "./log-reader.ts";

const CHECK_MS = 200;
/** Said where a reader was too slow. */
export const GAP = "some of the log was rotated away before it could be read";

/** Prints the log of one agent until it has ended, or nobody is left who writes it. */
export async function followOne(
  { records, print, warn }: CommandContext,
  { instanceId, logPath }: InstanceRecord,
  how: LogChoice,
): Promise<void> {
  const reader = new LogReader(logPath, how);
  const take = async (lines: readonly string[]) => await print(lines.map((line) => `${line}\n`).join(""));
  try {
    for (;;) {
      // The log is closed before the record says that the agent has ended: what is read after that is all.
      const state = stateOf(await records.read(instanceId));
      const hasGap = state === "at work" ? await reader.readOn(take) : await reader.readToEnd(take);
      if (hasGap) warn(GAP);
      if (state !== "at work") {
        if (state === "lost") warn(`the opencode that ran ${instanceId} is gone: nobody writes this log any more`);
        return;
      }
      await Bun.sleep(CHECK_MS);
    }
  } finally {
    await reader.close();
  }
}

/** Prints the logs of all these agents as they are written, those of agents that start later too. Ends with its reader. */
export async function followAll(
  { records, print, warn, colours }: CommandContext,
  isChosen: (record: ListedRecord) => boolean,
  how: LogChoice,
): Promise<never> {
  const labels = new LogLabels(colours);
  const open = new Map<string, LogReader>();
  let isFirst = true;
  for (;;) {
    const all = await records.list();
    for (const record of all) {
      const { instanceId } = record;
      const isAtWork = stateOf(record) === "at work" && isChosen(record);
      // Of those that start later all lines are new.
      const reader = open.get(instanceId) ?? new LogReader(record.logPath, isFirst ? how : { ...how, last: undefined });
      if (!isAtWork && !open.has(instanceId)) continue;
      open.set(instanceId, reader);
      const take = async (lines: readonly string[]) =>
        await print(lines.map((line) => labels.of(record, line)).join(""));
      const hasGap = isAtWork ? await reader.readOn(take) : await reader.readToEnd(take);
      if (hasGap) warn(`${instanceId}: ${GAP}`);
      if (isAtWork) continue;
      await reader.close();
      open.delete(instanceId);
    }
    isFirst = false;
    await Bun.sleep(CHECK_MS);
  }
}

function stateOf(record: ListedRecord | undefined): "at work" | "ended" | "lost" {
  if (record === undefined) return "ended";
  const owner = ownerState(record);
  if (record.endedAt === null) return owner === "gone" ? "lost" : "at work";
  // A turn that waits begins in a moment, where there is somebody to start it.
  return owner === "lives" && record.followUps.length > 0 ? "at work" : "ended";
}
