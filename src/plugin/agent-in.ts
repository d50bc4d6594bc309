import { mayLive } from "../processes/supervisor-identity.ts";
import { isTerminalRecord, type ListedRecord } from "../store/record.ts";
import { RecordFolder } from "../store/record-folder.ts";
import type { StatePaths } from "../store/state-paths.ts";

/** The agent that works in a session, or is about to, whichever opencode runs it. */
export async function agentIn(paths: StatePaths, sessionId: string): Promise<ListedRecord | undefined> {
  const records = new RecordFolder(paths, () => undefined, "leave");
  return (await records.listUnsettled()).find(
    (record) => record.sessionId === sessionId && !isTerminalRecord(record) && mayLive(record.supervisor),
  );
}
