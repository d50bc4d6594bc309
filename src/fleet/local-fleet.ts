import { askOwner, type OwnerAnswer } from "../store/ask-owner.ts";
import type { OwnerRequest, UserAnswer } from "../store/request-files.ts";
import type { RequestWatch } from "../store/request-watch.ts";
import { removeOld } from "../store/retention.ts";
import { hasRecordFile } from "../store/state-paths.ts";
import type { AnswerOutcome } from "../supervisor/questions.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { deletedSession, tellOwnersOfDeleted } from "./deleted-sessions.ts";
import type { Fleet } from "./fleet.ts";
import { OwnAgents, type OwnAgentsEdges } from "./own-agents.ts";
import { ownerRequests } from "./owner-requests.ts";

export interface FleetEdges extends OwnAgentsEdges {
  readonly workspace: Workspace;
  readonly readElsewhere: Fleet["readElsewhere"];
  /** Ends what turns run in, at once. */
  readonly closeBackends: () => void;
  /** A line for opencode's own log. */
  readonly log: (message: string) => void;
}

/** The agents that a plugin instance runs, and its dealings with the other opencodes of the machine. */
export class LocalFleet implements Fleet {
  readonly #edges: FleetEdges;
  readonly #own: OwnAgents;
  readonly #requests: RequestWatch;
  readonly #closing = new AbortController();
  readonly supervisor: Fleet["supervisor"];
  readonly catalog: Fleet["catalog"];
  readonly workspace: Fleet["workspace"];
  readonly sendMessage: Fleet["sendMessage"];
  readonly readElsewhere: Fleet["readElsewhere"];
  readonly collecting: Fleet["collecting"];
  readonly agentsOut: Fleet["agentsOut"];
  readonly tellNow: Fleet["tellNow"];

  constructor(edges: FleetEdges) {
    this.#edges = edges;
    const backend: FleetEdges["backend"] = {
      start: (...turn) => (this.#requests.open(), edges.backend.start(...turn)),
    };
    const own = new OwnAgents({ ...edges, backend });
    this.#own = own;
    this.supervisor = own.supervisor;
    this.catalog = own.catalog;
    this.workspace = edges.workspace;
    this.sendMessage = own.sendMessage;
    this.readElsewhere = edges.readElsewhere;
    this.collecting = own.collecting;
    this.agentsOut = own.agentsOut;
    this.tellNow = own.tellNow;
    this.#requests = ownerRequests({
      ...{ paths: edges.paths, token: edges.identity.token, clock: edges.clock, report: edges.warn },
      ...{ records: own.records, supervisor: own.supervisor, sendMessage: own.sendMessage },
      saveAll: () => own.saveAll(),
    });
    void this.#tidyUp();
  }

  readonly askOwner = async (instanceId: string, request: OwnerRequest): Promise<OwnerAnswer> =>
    await askOwner({ paths: this.#edges.paths, records: this.#own.records }, instanceId, request);

  readonly answer = async (instanceId: string, { questionId, reply, by }: UserAnswer): Promise<AnswerOutcome> => {
    const own = this.supervisor.answer(instanceId, questionId, reply, by);
    if (own !== undefined) return own;
    const asked = await this.askOwner(instanceId, { kind: "answer", questionId, reply, by });
    return asked.ok ? asked : { ok: false, why: asked.error };
  };

  event(event: { type: string; properties: unknown }): void {
    this.#own.event(event);
    const deleted = deletedSession(event);
    if (deleted === undefined) return;
    const { identity, report } = this.#edges;
    const { askOwner: ask } = this;
    void tellOwnersOfDeleted({ token: identity.token, records: this.#own.records, askOwner: ask, report }, deleted);
  }

  async letFinish(): Promise<void> {
    await this.#own.letFinish();
  }

  close(): void {
    this.#closing.abort();
    this.#requests.close();
    this.#own.close();
    this.#edges.closeBackends();
  }

  /** What has time until the records of earlier hosts are settled. Never rejects. */
  async #tidyUp(): Promise<void> {
    const { paths, identity, clock, log: report, workspace } = this.#edges;
    const { records } = this.#own;
    try {
      await this.#own.recovered();
      // What was settled here is this host's now: others ask here for more of it.
      if ((await records.list()).some(({ supervisor }) => supervisor.token === identity.token)) this.#requests.open();
      const { signal } = this.#closing;
      await removeOld({ paths, records, identity, report, signal, now: () => clock.now() });
      const { failed } = await workspace.sweep(async (id) => await hasRecordFile(paths, id));
      for (const problem of failed) report(problem);
    } catch (error) {
      this.#edges.report("What is older than 7 days could not be removed.", error);
    }
  }
}
