import type { LogSink } from "./backends/process/log-sink.ts";
import { processBackend } from "./backends/process/process-backend.ts";
import type { Options } from "./config/options.ts";
import type { GuardSettings } from "./guard/guard-settings.ts";
import type { Diagnostics } from "./host/diagnostics.ts";
import { endToast } from "./host/end-toast.ts";
import { hostBinary } from "./host/host-binary.ts";
import type { HostClient } from "./host/host-client.ts";
import { InstanceCatalog } from "./host/instance-catalog.ts";
import { systemClock } from "./host/system-clock.ts";
import { availableMemoryMb } from "./processes/available-memory.ts";
import { endTree } from "./processes/end-tree.ts";
import { systemProcessTable } from "./processes/process-table.ts";
import type { SupervisorIdentity } from "./processes/supervisor-identity.ts";
import { ownerRequests } from "./owner-requests.ts";
import { askOwner, type OwnerAnswer } from "./store/ask-owner.ts";
import { FileInstanceStore } from "./store/file-instance-store.ts";
import { keepHouse } from "./store/housekeeping.ts";
import { LogFile } from "./store/log-file.ts";
import { LostRecords } from "./store/lost-records.ts";
import { toRecord } from "./store/record.ts";
import { RecordFolder } from "./store/record-folder.ts";
import type { OwnerRequest } from "./store/request-files.ts";
import type { RequestWatch } from "./store/request-watch.ts";
import { logPath, type StatePaths } from "./store/state-paths.ts";
import { agentBudgetPolicy, toolCapPolicy, type FleetBudget } from "./supervisor/policies/caps.ts";
import { deadlinePolicy } from "./supervisor/policies/deadline.ts";
import type { Policy } from "./supervisor/policies/policy.ts";
import { silencePolicy } from "./supervisor/policies/silence.ts";
import { thinkingLoopPolicy } from "./supervisor/policies/thinking-loop.ts";
import type { EndNotifier } from "./supervisor/ports.ts";
import { Recovery } from "./supervisor/recovery.ts";
import { Supervisor } from "./supervisor/supervisor.ts";
import { announceLeftBehind, createAnnouncer } from "./telling-parents.ts";

export interface SupervisionContext {
  readonly options: Options;
  readonly paths: StatePaths;
  readonly identity: SupervisorIdentity;
  readonly guard: GuardSettings;
  /** What all agents of this opencode may cost together. */
  readonly fleet: FleetBudget;
  readonly host: HostClient;
  readonly diagnostics: Diagnostics;
  /** The directory of this plugin instance. */
  readonly directory: string;
}

/** What came of a message to an agent. */
export type MessageOutcome =
  /** A further turn waits, or starts at once. */
  | "accepted"
  /** Another opencode holds the agent. */
  | "foreign";

/** Everything that runs agents and keeps what is known of them. */
export interface Supervision {
  readonly supervisor: Supervisor;
  readonly catalog: InstanceCatalog;
  /** Asks for a further turn of an agent. Rejects when no turn can be started now. */
  readonly sendMessage: (instanceId: string, prompt: string) => Promise<MessageOutcome>;
  /** Asks the opencode that owns an agent to do something. */
  readonly askOwner: (instanceId: string, request: OwnerRequest) => Promise<OwnerAnswer>;
  /** Somebody waits for the results of these agents. Returns what ends the wait. */
  readonly collecting: (instanceIds: readonly string[]) => () => void;
  /** An event of the host. */
  event(event: { type: string; properties: unknown }): void;
  /** Ends every agent at once: the host is about to go away. */
  close(): void;
}

/** Builds the supervisor with its edges, and starts to settle what earlier hosts left. */
export function startSupervision(context: SupervisionContext): Supervision {
  const { options, paths, identity, guard, fleet, host, diagnostics } = context;
  const store = new FileInstanceStore(paths, { supervisor: identity, onExit: options.onExit }, systemClock);
  const records = new RecordFolder(paths, (message) => diagnostics.notice("warning", message));
  const backend = processBackend({
    binary: hostBinary(options.opencodeBinary),
    identity,
    onExit: options.onExit,
    skipPermissions: options.backgroundSkipPermissions,
    killGraceMs: options.killGraceMs,
    guard,
    environment: process.env,
    openLog: (instanceId) => openLog(context, instanceId),
  });
  const lost = new LostRecords(records, paths, identity);
  const announcer = createAnnouncer(context, store, lost);
  const supervisor = new Supervisor({
    backend: {
      start(turn, observer) {
        requests.open();
        return backend.start(turn, observer);
      },
    },
    store,
    transcripts: host,
    notifier: everybody(endToast(host), announcer),
    clock: systemClock,
    policies: policies(options, fleet),
    refusal: () => fleet.refusal(),
    maxConcurrentInstances: options.maxConcurrentInstances,
    memory: { minFreeMemoryMb: options.minFreeMemoryMb, availableMemoryMb },
    report: diagnostics.report,
  });
  const sendMessage = async (instanceId: string, prompt: string): Promise<MessageOutcome> => {
    if (supervisor.followUp(instanceId, prompt)) return "accepted";
    const instance = await lost.claimEnded(instanceId);
    if (instance === undefined) return "foreign";
    try {
      await supervisor.resume(instance, prompt);
    } finally {
      await lost.releaseEnded(instanceId);
    }
    return "accepted";
  };
  const report = (message: string) => diagnostics.notice("warning", message);
  const requests = ownerRequests({ paths, token: identity.token, records, supervisor, sendMessage, report });
  const recovery = createRecovery(context, lost, store);
  const settled = recovery.run().then(async () => await announceLeftBehind(announcer, records, context.directory));
  settled.catch((error: unknown) => diagnostics.report("What earlier hosts left untold could not be read.", error));
  const closing = new AbortController();
  void recovery.run().then(async () => await afterRecovery(context, records, requests, closing.signal));
  const catalog = new InstanceCatalog({
    supervisor,
    records,
    recovered: () => recovery.run(),
    toRecord: (instance) =>
      toRecord(instance, {
        supervisor: identity,
        onExit: options.onExit,
        logPath: store.logPath(instance.instanceId),
        resultPath: store.resultPath(instance.instanceId),
      }),
  });
  return {
    supervisor,
    catalog,
    sendMessage,
    askOwner: async (instanceId, request) => await askOwner({ paths, records }, instanceId, request),
    collecting: (instanceIds) => announcer.collecting(instanceIds),
    event: (event) => announcer.activity.event(event),
    close() {
      closing.abort();
      requests.close();
      announcer.close();
      recovery.close();
      supervisor.shutdown();
    },
  };
}

/** What has time until the records of earlier hosts are settled. Never rejects. */
async function afterRecovery(
  { paths, identity, diagnostics }: SupervisionContext,
  records: RecordFolder,
  requests: RequestWatch,
  signal: AbortSignal,
): Promise<void> {
  try {
    // What was settled here is this host's now: others ask here for more of it.
    if ((await records.list()).some(({ supervisor }) => supervisor.token === identity.token)) requests.open();
    const report = (message: string) => diagnostics.log("warn", message);
    await keepHouse({ paths, records, identity, report, signal, now: () => systemClock.now() });
  } catch (error) {
    diagnostics.report("What is older than 7 days could not be removed.", error);
  }
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

/** Every rule that may end a running agent. */
function policies(options: Options, fleet: FleetBudget): Policy[] {
  return [
    deadlinePolicy,
    silencePolicy({
      stallTimeoutMs: options.backgroundStallTimeoutMs,
      toolTimeoutMs: options.backgroundToolTimeoutMs,
    }),
    thinkingLoopPolicy({
      timeoutMs: options.backgroundThinkingLoopTimeoutMs,
      maxInterventions: options.backgroundMaxInterventions,
    }),
    toolCapPolicy(options.backgroundToolCallCap),
    agentBudgetPolicy({ usd: options.backgroundBudgetUsd, tokens: options.backgroundTokenBudget }),
    fleet.policy,
  ];
}

function openLog({ options, paths, diagnostics }: SupervisionContext, instanceId: string): LogSink {
  if (options.logsDisabled) return { write() {}, close() {} };
  const report = (message: string) => diagnostics.notice("warning", message);
  return new LogFile(logPath(paths, instanceId), options.logRotationBytes, report);
}

function createRecovery(
  { host, diagnostics }: SupervisionContext,
  lost: LostRecords,
  store: FileInstanceStore,
): Recovery {
  const table = systemProcessTable();
  return new Recovery({
    lost: () => lost.list(),
    claim: (instanceId) => lost.claim(instanceId),
    release: (instanceId) => lost.release(instanceId),
    childLives: ({ pid, startTime }) => {
      const found = table.find(pid);
      return found !== undefined && !found.isZombie && found.startTime === startTime;
    },
    endTree: async (instance) => {
      const root = "process" in instance.state ? (instance.state.process ?? undefined) : undefined;
      await endTree({ root, marker: instance.instanceId }, 0, table);
    },
    save: (instance) => store.save(instance),
    writeResult: (instanceId, text) => store.writeResult(instanceId, text),
    transcripts: host,
    clock: systemClock,
    report: diagnostics.report,
  });
}
