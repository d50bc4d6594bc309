import { systemFiles } from "../files/files.ts";
import { readLive, withLive } from "../store/live-file.ts";
import type { ListedRecord } from "../store/record.ts";
import type { CommandContext } from "./command.ts";

/**
 * All agents, oldest first, those at work as they are at this moment.
 *
 * @param now for a reader: tells for how long tools have run
 */
export async function agentsNow(
  { records, paths }: Pick<CommandContext, "records" | "paths">,
  now?: number,
): Promise<ListedRecord[]> {
  return await Promise.all(
    (await records.list()).map(async (record) => {
      const live = record.endedAt === null ? await readLive(systemFiles, paths, record.instanceId) : undefined;
      return withLive(record, live, now);
    }),
  );
}
