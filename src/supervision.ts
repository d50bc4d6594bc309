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
import { endTree } from "./processes/end-tree.ts";
import { systemProcessTable } from "./processes/process-table.ts";
import type { SupervisorIdentity } from "./processes/supervisor-identity.ts";
import { FileInstanceStore } from "./store/file-instance-store.ts";
import { LogFile } from "./store/log-file.ts";
import { LostRecords } from "./store/lost-records.ts";
import { toRecord } from "./store/record.ts";
import { RecordFolder } from "./store/record-folder.ts";
import { logPath, type StatePaths } from "./store/state-paths.ts";
import { agentBudgetPolicy, toolCapPolicy, type FleetBudget } from "./supervisor/policies/caps.ts";
import { deadlinePolicy } from "./supervisor/policies/deadline.ts";
import type { Policy } from "./supervisor/policies/policy.ts";
import { silencePolicy } from "./supervisor/policies/silence.ts";
import { thinkingLoopPolicy } from "./supervisor/policies/thinking-loop.ts";
import { Recovery } from "./supervisor/recovery.ts";
import { Supervisor } from "./supervisor/supervisor.ts";

export interface SupervisionContext {
  readonly options: Options;
  readonly paths: StatePaths;
  readonly identity: SupervisorIdentity;
  readonly guard: GuardSettings;
  /** What all agents of this opencode may cost together. */
  readonly fleet: FleetBudget;
  readonly host: HostClient;
  readonly diagnostics: Diagnostics;
}

/** Everything that runs agents and keeps what is known of them. */
export interface Supervision {
  readonly supervisor: Supervisor;
  readonly catalog: InstanceCatalog;
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
  const supervisor = new Supervisor({
    backend,
    store,
    transcripts: host,
    notifier: endToast(host),
    clock: systemClock,
    policies: policies(options, fleet),
    refusal: () => fleet.refusal(),
    maxConcurrentInstances: options.maxConcurrentInstances,
    report: diagnostics.report,
  });
  const recovery = createRecovery(context, records, store);
  void recovery.run();
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
    close() {
      recovery.close();
      supervisor.shutdown();
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
  { paths, identity, host, diagnostics }: SupervisionContext,
  records: RecordFolder,
  store: FileInstanceStore,
): Recovery {
  const lost = new LostRecords(records, paths, identity);
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
