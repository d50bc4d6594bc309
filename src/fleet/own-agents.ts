import { deletedSession, endOfDeletedSession } from "./deleted-sessions.ts";
import { mayLive, type SupervisorIdentity } from "../processes/supervisor-identity.ts";
import { FileInstanceStore } from "../store/file-instance-store.ts";
import type { Machine } from "../store/machine.ts";
import { OrphanedRecords } from "../store/orphaned-records.ts";
import { RecordFolder } from "../store/record-folder.ts";
import type { StatePaths } from "../store/state-paths.ts";
import { isTerminal, type Instance } from "../supervisor/instance.ts";
import type { Backend, EndNotifier, Transcripts } from "../supervisor/ports.ts";
import type { RecoveryParts } from "../supervisor/recovery.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import type { SupervisorParts } from "../supervisor/supervisor-parts.ts";
import type { HostSessions } from "./host-sessions.ts";
import { InstanceCatalog } from "./instance-catalog.ts";
import type { SendMessage } from "./fleet.ts";
import { LeftByOthers } from "./left-by-others.ts";
import { messageSender } from "./send-message.ts";
import { AnnouncementClaims } from "./telling/announcement-claims.ts";
import { Telling } from "./telling/telling.ts";

/** What the agents of a plugin instance stand on: the system's own, or a test's. */
export interface OwnAgentsEdges
  extends
    Omit<SupervisorParts, "store" | "transcripts" | "notifier" | "tellParent">,
    Pick<RecoveryParts, "childLives" | "endTree"> {
  readonly paths: StatePaths;
  readonly identity: SupervisorIdentity;
  readonly onExit: "kill" | "finish";
  /** When an end is told: at once, or with the last of those that were spawned together. */
  readonly announceBatch: "each" | "together";
  /** Whether an agent may use the background tools. */
  readonly maySupervise: (agent: string) => boolean;
  /** The directory of this plugin instance. */
  readonly directory: string;
  readonly machine: Machine;
  readonly host: HostSessions & Transcripts;
  /** Tells a person that an agent has ended. */
  readonly toast: EndNotifier;
  /** Something that the user should know. */
  readonly warn: (message: string) => void;
}

/**
 * The agents that a plugin instance runs, their records and who tells of their ends, as one. From its making on it settles
 * what earlier hosts left.
 */
export class OwnAgents {
  readonly supervisor: Supervisor;
  readonly catalog: InstanceCatalog;
  readonly records: RecordFolder;
  readonly sendMessage: SendMessage;
  readonly #edges: OwnAgentsEdges;
  readonly #store: FileInstanceStore;
  readonly #orphaned: OrphanedRecords;
  readonly #telling: Telling;
  readonly #left: LeftByOthers;
  #isLetting = false;

  constructor(edges: OwnAgentsEdges) {
    const { paths, identity, onExit, clock, machine, host } = edges;
    this.#edges = edges;
    const disown = (instanceId: string) => this.supervisor.disown(instanceId);
    this.#store = new FileInstanceStore(paths, { supervisor: identity, onExit }, clock, machine.files, disown);
    this.records = new RecordFolder(paths, edges.warn, "move", machine);
    this.#orphaned = new OrphanedRecords(this.records, paths, identity, machine);
    this.#telling = new Telling({
      ...edges,
      instances: () => this.#instances(),
      claims: new AnnouncementClaims(this.#store, this.#orphaned, clock, machine.files),
    });
    this.supervisor = new Supervisor({
      ...edges,
      backend: { start: (...turn) => this.#start(...turn) },
      store: this.#store,
      transcripts: host,
      notifier: { ended: (instance) => this.#ended(instance) },
      tellParent: (...message) => this.#telling.tell(...message),
    });
    const { supervisor, records } = this;
    this.sendMessage = messageSender(supervisor, this.#orphaned, clock);
    this.#left = new LeftByOthers({
      ...edges,
      records,
      store: this.#store,
      orphaned: this.#orphaned,
      telling: this.#telling,
    });
    this.catalog = new InstanceCatalog({
      ...{ supervisor, records, clock },
      files: machine.files,
      recovered: this.recovered,
      ownerLives: ({ supervisor: owner }) => mayLive(owner, machine.isAlive),
      resultPath: (instanceId) => this.#store.resultPath(instanceId),
      toRecord: (instance) => this.#store.toRecord(instance),
    });
  }

  /** Settles when what earlier hosts left is settled. Never rejects. */
  readonly recovered = async (): Promise<void> => await this.#left.recovered();

  /** As {@link Fleet.collecting}. */
  readonly collecting = (instanceIds: readonly string[], sessionId: string): (() => void) =>
    this.#telling.collecting(instanceIds, sessionId);

  /** As {@link Fleet.agentsOut}. */
  readonly agentsOut = (sessionId: string): readonly Instance[] =>
    this.#instances().filter(
      (instance) =>
        instance.parent.sessionId === sessionId && (!isTerminal(instance) || this.#store.isDirty(instance.instanceId)),
    );

  /** As {@link Fleet.tellNow}. */
  readonly tellNow = async (sessionId: string): Promise<boolean> => await this.#telling.tellNow(sessionId);

  /** Writes the records of what this host runs anew: somebody has removed them. */
  saveAll(): void {
    for (const { instance, unsavedResult } of this.supervisor.views()) {
      this.#store.save(instance, unsavedResult).catch((error: unknown) => {
        this.#edges.report(`The record of ${instance.instanceId} could not be written anew.`, error);
      });
    }
  }

  /** An event of the host. */
  event(event: { type: string; properties: unknown }): void {
    this.#telling.event(event);
    const deleted = deletedSession(event);
    if (deleted !== undefined) endOfDeletedSession(this.supervisor, deleted);
    // While the host does something, others may begin something as well.
    if (event.type === "session.status" || event.type === "session.idle") this.#left.arm();
  }

  /** As {@link Fleet.letFinish}. */
  async letFinish(): Promise<void> {
    this.#store.letFinish();
    this.#isLetting = true;
    const running = this.supervisor.views().filter(({ instance }) => !isTerminal(instance));
    await Promise.all(
      running.map(async ({ instance, unsavedResult }) => await this.#store.save(instance, unsavedResult)),
    );
  }

  /** Ends every agent at once: the host is about to go away. */
  close(): void {
    this.#left.close();
    this.#telling.close();
    this.supervisor.shutdown(this.#isLetting);
    this.#store.close();
    this.#orphaned.close();
  }

  #instances(): Instance[] {
    return this.supervisor.views().map(({ instance }) => instance);
  }

  #start(...[turn, observer]: Parameters<Backend["start"]>): ReturnType<Backend["start"]> {
    this.#left.arm();
    return this.#edges.backend.start(turn, observer);
  }

  #ended(instance: Instance): void {
    this.#edges.toast.ended(instance);
    this.#telling.ended(instance);
  }
}
