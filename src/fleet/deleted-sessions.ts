import { sessionChange, type OpencodeEvent } from "../opencode/session-events.ts";
import type { InstanceRecord } from "../store/record.ts";
import type { OwnerRequest } from "../store/request-files.ts";
import { isTerminal } from "../supervisor/instance.ts";
import type { Outcome } from "../supervisor/outcome.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** The session whose end an event tells; opencode tells of each that was below it, too. */
export function deletedSession(event: OpencodeEvent): string | undefined {
  const change = sessionChange(event);
  return change?.to === "deleted" ? change.sessionId : undefined;
}

/** Ends the agents whose session, or whose parent's, was deleted: what they do from then on nobody can read. */
export function endOfDeletedSession(supervisor: Pick<Supervisor, "views" | "stop">, deleted: string): void {
  for (const { instance } of supervisor.views()) {
    const { instanceId, sessionId, parent } = instance;
    const error = wordsFor(deleted, sessionId, parent.sessionId);
    const goesOn = !isTerminal(instance) || instance.followUps.length > 0;
    if (error !== undefined && goesOn) void supervisor.stop(instanceId, failed(error));
  }
}

/** What of a record tells whom a deletion concerns. */
type Concerned = Pick<InstanceRecord, "instanceId" | "endedAt" | "supervisor" | "sessionId" | "parent">;

export interface OtherOwners {
  /** The token of this plugin instance. */
  readonly token: string;
  readonly records: { list(): Promise<Concerned[]> };
  readonly askOwner: (instanceId: string, request: OwnerRequest) => Promise<unknown>;
  readonly report: (message: string, cause: unknown) => void;
}

/** Tells the other hosts whose agents it concerns: they do not hear what is deleted here. Never rejects. */
export async function tellOwnersOfDeleted({ token, records, askOwner, report }: OtherOwners, deleted: string) {
  const concerns = ({ endedAt, supervisor, sessionId, parent }: Concerned) =>
    endedAt === null && supervisor.token !== token && wordsFor(deleted, sessionId, parent.sessionId) !== undefined;
  try {
    const concerned = (await records.list()).filter(concerns);
    const request: OwnerRequest = { kind: "session_deleted", sessionId: deleted };
    await Promise.all(concerned.map(async ({ instanceId }) => await askOwner(instanceId, request)));
  } catch (error) {
    report("Another opencode could not be told that an agent's session was deleted.", error);
  }
}

function wordsFor(deleted: string, own: string | null, parent: string): string | undefined {
  if (deleted === own) return `The agent was ended: its session was deleted (${own}).`;
  return deleted === parent ? `The agent was ended: its parent's session was deleted (${parent}).` : undefined;
}

function failed(error: string): Outcome {
  return { status: "failed", reason: "session_error", error };
}
