import { endOfDeletedSession } from "./deleted-sessions.ts";
import { RequestWatch } from "../store/request-watch.ts";
import type { OwnerRequest } from "../store/request-files.ts";
import type { RecordFolder } from "../store/record-folder.ts";
import type { StatePaths } from "../store/state-paths.ts";
import { isTerminal } from "../supervisor/instance.ts";
import type { SendMessage } from "./fleet.ts";
import type { Clock } from "../lib/clock.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { unreachable } from "../lib/unreachable.ts";

export interface OwnerRequestsParts {
  readonly paths: StatePaths;
  /** The token of this plugin instance. */
  readonly token: string;
  readonly records: Pick<RecordFolder, "read">;
  readonly supervisor: Pick<Supervisor, "view" | "views" | "stop" | "answer">;
  readonly sendMessage: SendMessage;
  readonly report: (message: string) => void;
  /** Writes the records of what this plugin instance holds anew: somebody has removed them. */
  readonly saveAll: () => void;
  readonly clock: Clock;
}

/** Does what other hosts and the command line ask of the agents of this plugin instance. */
export function ownerRequests(parts: OwnerRequestsParts): RequestWatch {
  const { paths, token, records, supervisor, report, clock } = parts;
  return new RequestWatch({
    ...{ paths, report, clock },
    folderLost: parts.saveAll,
    isNeeded: () => supervisor.views().some(({ instance }) => !isTerminal(instance)),
    isOurs: async (id) => supervisor.view(id) !== undefined || (await records.read(id))?.supervisor.token === token,
    onRequest: async (instanceId, request) => await perform(parts, instanceId, request),
  });
}

async function perform(parts: OwnerRequestsParts, instanceId: string, request: OwnerRequest): Promise<void> {
  const { supervisor, sendMessage } = parts;
  switch (request.kind) {
    case "kill": {
      // The end may take all of the grace: the one who asked reads it from the record.
      const error = "Killed on request of another process.";
      const { isUsers = false } = request;
      void supervisor.stop(instanceId, { status: "killed", reason: "killed", error, ...(isUsers && { isUsers }) });
      return;
    }
    case "answer": {
      const { questionId, reply, by } = request;
      const outcome = supervisor.answer(instanceId, questionId, reply, by);
      if (outcome?.ok === true) return;
      throw new Error(outcome?.why ?? "The agent has ended: it asks nothing any more.");
    }
    case "session_deleted":
      endOfDeletedSession(supervisor, request.sessionId);
      return;
    case "send":
      if ((await sendMessage(instanceId, request.prompt, request.now)) !== "foreign") return;
      throw new Error("The opencode that was asked does not hold this agent any more. Try again.");
    default:
      unreachable(request);
  }
}
