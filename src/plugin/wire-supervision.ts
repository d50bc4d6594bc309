import { waitsForSpawnedWith } from "../fleet/telling/waits-for-others.ts";
import { ParentMessages } from "../fleet/telling/parent-messages.ts";
import { openParentSession } from "../fleet/telling/parent-session.ts";
import { UserNotes } from "../fleet/telling/user-notes.ts";
import type { SendMessage } from "../fleet/fleet.ts";
import { InstanceCatalog } from "../fleet/instance-catalog.ts";
import type { HostClient } from "../host/host-client.ts";
import type { ProcessIdentity } from "../processes/process-table.ts";
import { mayLive, type SupervisorIdentity } from "../processes/supervisor-identity.ts";
import { FileInstanceStore } from "../store/file-instance-store.ts";
import { OrphanedRecords } from "../store/orphaned-records.ts";
import type { Machine } from "../store/machine.ts";
import { RecordFolder } from "../store/record-folder.ts";
import type { StatePaths } from "../store/state-paths.ts";
import { isTerminal, type Instance } from "../supervisor/instance.ts";
import type { Clock } from "../lib/clock.ts";
import type { Backend, EndNotifier } from "../supervisor/ports.ts";
import { Recovery, type RecoveryParts } from "../supervisor/recovery.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import type { SupervisorParts } from "../supervisor/supervisor-parts.ts";
import { deletedSession, endOfDeletedSession } from "../fleet/deleted-sessions.ts";
import { releaseOrphanedClaims } from "../fleet/orphaned-claims.ts";
import { isText, shape } from "../lib/shape.ts";
import { lookAgain } from "../lib/look-again.ts";
import { announceLeftBehind, createAnnouncer, tellLater } from "../fleet/telling/telling-parents.ts";

/** How often it looks whether another host has died, and settles what that one left, while there is something to watch. */
const OTHER_HOSTS_MS = 30_000;
/** Another host has an ended record for as long as it takes to tell of the end: a message waits for it so often, so long. */
const CLAIM_ATTEMPTS = 20;
const CLAIM_PAUSE_MS = 500;

/** What a supervision stands on: the system's own, or a test's. */
export interface SupervisionEdges extends Pick<
  SupervisorParts,
  | "backend"
  | "finishFolder"
  | "notes"
  | "permissionWaitMs"
  | "askUser"
  | "fallbacks"
  | "policies"
  | "refusal"
  | "maxConcurrentInstances"
  | "slotsOf"
  | "anyOf"
  | "memory"
  | "report"
> {
  readonly paths: StatePaths;
  readonly identity: SupervisorIdentity;
  readonly onExit: "kill" | "finish";
  /** When an end is told: at once, or with the last of those that were spawned together. */
  readonly announceBatch: "each" | "together";
  /** Whether an agent may use the background tools. */
  readonly maySupervise: (agent: string) => boolean;
  /** The directory of this plugin instance. */
  readonly directory: string;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly host: Pick<HostClient, "messages" | "parentOf" | "put" | "read" | "sessionOfAgent">;
  /** Tells a person that an agent has ended. */
  readonly toast: EndNotifier;
  readonly childLives: (process: ProcessIdentity) => boolean;
  /** Ends what is left of an agent whose supervisor is gone. */
  readonly endTree: RecoveryParts["endTree"];
  /** Something that the user should know. */
  readonly warn: (message: string) => void;
}

/** The supervisor, its records and those who tell of its ends, as one. */
export interface WiredSupervision {
  readonly supervisor: Supervisor;
  readonly catalog: InstanceCatalog;
  readonly records: RecordFolder;
  /** Settles when what earlier hosts left is settled. Never rejects. */
  readonly recovered: () => Promise<void>;
  readonly sendMessage: SendMessage;
  /** A session waits for the results of these agents. Returns what ends the wait. */
  readonly collecting: (instanceIds: readonly string[], sessionId: string) => () => void;
  /** The agents of a session that have not ended, or whose end is not on the disk. */
  readonly agentsOut: (sessionId: string) => readonly Instance[];
  /** Tells a session now of the ends that it has not been told of. Returns whether there were some. */
  readonly tellNow: (sessionId: string) => Promise<boolean>;
  /** Writes the records of what this host runs anew: somebody has removed them. */
  saveAll(): void;
  /** An event of the host. */
  event(event: { type: string; properties: unknown }): void;
  /** As {@link Supervision.letFinish}. */
  letFinish(): Promise<void>;
  /** Ends every agent at once: the host is about to go away. */
  close(): void;
}

/** Puts the parts together, and starts to settle what earlier hosts left. */
export function wireSupervision(edges: SupervisionEdges): WiredSupervision {
  const { paths, identity, onExit, clock, machine, host, toast, report } = edges;
  const store = new FileInstanceStore(paths, { supervisor: identity, onExit }, clock, machine.files, (instanceId) => {
    supervisor.disown(instanceId);
  });
  const records = new RecordFolder(paths, edges.warn, "move", machine);
  const lost = new OrphanedRecords(records, paths, identity, machine);
  const othersRun = (sessionId: string) =>
    supervisor.views().some(({ instance }) => instance.parent.sessionId === sessionId && !isTerminal(instance));
  const { announceBatch, maySupervise } = edges;
  const waitsForOthers = (instance: Instance) =>
    announceBatch === "together" &&
    waitsForSpawnedWith(
      instance,
      supervisor.views().map((view) => view.instance),
    );
  const isBusy = (sessionId: string) => announcer.activity.isBusy(sessionId);
  const user = new UserNotes({ host, isBusy, maySupervise, report });
  const readFile = async (path: string) => await machine.files.read(path);
  const telling = { host, clock, othersRun, waitsForOthers, maySupervise, readFile, user, report };
  const announcer = createAnnouncer(telling, store, lost);
  const notifier = everybody(toast, announcer);
  const backend: Backend = {
    start(turn, observer) {
      others.arm();
      return edges.backend.start(turn, observer);
    },
  };
  const messages = new ParentMessages({
    ...{ clock, isBusy, report },
    open: async (sessionId, since) => await openParentSession(host, sessionId, since),
    delivered: (sessionId, delivery) => announcer.delivered(sessionId, delivery),
  });
  const tellParent = messages.tell.bind(messages);
  const supervisor = new Supervisor({ ...edges, backend, store, transcripts: host, notifier, tellParent });
  const claimEnded = async (instanceId: string): Promise<Instance | undefined> => {
    for (let attempt = 1; ; attempt++) {
      const instance = await lost.claimEnded(instanceId);
      if (instance !== undefined || attempt === CLAIM_ATTEMPTS) return instance;
      if ((await lost.findEnded(instanceId)) === undefined) return undefined;
      await new Promise<void>((resolve) => clock.after(CLAIM_PAUSE_MS, resolve));
    }
  };
  const sendMessage: SendMessage = async (instanceId, prompt, now) => {
    if (now === true && (await supervisor.tellNow(instanceId, prompt))) return "noted";
    if (supervisor.followUp(instanceId, prompt)) return "accepted";
    const instance = await claimEnded(instanceId);
    // Another message, which came first, may have made it go on: then this one goes behind it.
    if (instance === undefined) return supervisor.followUp(instanceId, prompt) ? "accepted" : "foreign";
    try {
      if (!supervisor.followUp(instanceId, prompt)) await supervisor.resume(instance, prompt);
    } finally {
      await lost.releaseEnded(instanceId);
    }
    return "accepted";
  };
  const recovery = new Recovery({
    lost: () => lost.list(),
    claim: (instanceId) => lost.claim(instanceId),
    isLost: (instanceId) => lost.isLost(instanceId),
    release: (instanceId) => lost.release(instanceId),
    childLives: edges.childLives,
    endTree: edges.endTree,
    save: (instance) => store.create(instance),
    writeResult: (instanceId, text) => store.writeResult(instanceId, text),
    settled(instance) {
      if (!tellLater(announcer, instance, edges.directory)) store.rest(instance.instanceId);
    },
    transcripts: host,
    findSession: async (instance) => await host.sessionOfAgent(instance),
    ...(edges.finishFolder === undefined ? {} : { finishFolder: edges.finishFolder }),
    clock,
    report,
  });
  const tellOthersEnds = async () => {
    try {
      await releaseOrphanedClaims(records, lost, machine.files, paths);
      return await announceLeftBehind(announcer, records, { token: identity.token, directory: edges.directory });
    } catch (error) {
      report("What other hosts left untold could not be read.", error);
      return true;
    }
  };
  const others = lookAgain(clock, OTHER_HOSTS_MS, async () => await recovery.look().then(tellOthersEnds));
  void recovery
    .run()
    .then(tellOthersEnds)
    .then((isLeft) => isLeft && others.arm());
  let isLetting = false;
  const catalog = new InstanceCatalog({
    supervisor,
    records,
    clock,
    files: machine.files,
    recovered: () => recovery.run(),
    ownerLives: ({ supervisor: owner }) => mayLive(owner, machine.isAlive),
    resultPath: (instanceId) => store.resultPath(instanceId),
    toRecord: (instance) => store.toRecord(instance),
  });
  return {
    supervisor,
    catalog,
    records,
    recovered: () => recovery.run(),
    sendMessage,
    collecting: (...wait) => announcer.collecting(...wait),
    agentsOut: (sessionId) =>
      supervisor
        .views()
        .map(({ instance }) => instance)
        .filter(
          (instance) =>
            instance.parent.sessionId === sessionId && (!isTerminal(instance) || store.isDirty(instance.instanceId)),
        ),
    tellNow: async (sessionId) => await announcer.tellNow(sessionId),
    async letFinish() {
      store.letFinish();
      isLetting = true;
      const running = supervisor.views().filter(({ instance }) => !isTerminal(instance));
      await Promise.all(running.map(async ({ instance, unsavedResult }) => await store.save(instance, unsavedResult)));
    },
    saveAll() {
      for (const { instance, unsavedResult } of supervisor.views()) {
        store.save(instance, unsavedResult).catch((error: unknown) => {
          report(`The record of ${instance.instanceId} could not be written anew.`, error);
        });
      }
    },
    event(event) {
      user.event(event);
      announcer.activity.event(event);
      const idle = idleSession(event);
      if (idle !== undefined) messages.idle(idle);
      const deleted = deletedSession(event);
      if (deleted !== undefined) endOfDeletedSession(supervisor, deleted);
      // While the host does something, others may begin something as well.
      if (event.type === "session.status" || event.type === "session.idle") others.arm();
    },
    close() {
      others.clear();
      announcer.close();
      recovery.close();
      supervisor.shutdown(isLetting);
      store.close();
      lost.close();
    },
  };
}

const isIdle = shape({ sessionID: isText });

/** The session that has become idle, where an event tells so. */
function idleSession({
  type,
  properties,
}: {
  readonly type: string;
  readonly properties: unknown;
}): string | undefined {
  return type === "session.idle" && isIdle(properties) ? properties.sessionID : undefined;
}

/** Tells a person and a session. */
function everybody(toast: EndNotifier, announcer: EndNotifier): EndNotifier {
  return {
    ended(instance) {
      toast.ended(instance);
      announcer.ended(instance);
    },
  };
}
