import { mayLive } from "../processes/supervisor-identity.ts";
import type { ListedRecord } from "../store/record.ts";
import { isTerminalRecord } from "../store/terminal-record.ts";
import { RecordFolder } from "../store/record-folder.ts";
import type { StatePaths } from "../store/state-paths.ts";

/** Who works in which session. It is asked at each message of a user, and reads again only what has changed since. */
export class AgentSessions {
  readonly #records: RecordFolder;

  constructor(paths: StatePaths) {
    this.#records = new RecordFolder(paths, () => undefined, "leave");
  }

  /** The agent that works in a session, or is about to, whichever opencode runs it. */
  async agentIn(sessionId: string): Promise<ListedRecord | undefined> {
    return (await this.#records.listUnsettled()).find(
      (record) => record.sessionId === sessionId && !isTerminalRecord(record) && mayLive(record.supervisor),
    );
  }
}
