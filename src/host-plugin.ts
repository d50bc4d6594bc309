import type { Hooks, PluginInput, PluginOptions } from "@opencode-ai/plugin";
import type { LogSink } from "./backends/process/log-sink.ts";
import { processBackend } from "./backends/process/process-backend.ts";
import { readOptions, type Options } from "./config/options.ts";
import { secretFolderOf } from "./config/secret-folders.ts";
import { provideAgents } from "./host/agents/provide-agents.ts";
import { Diagnostics } from "./host/diagnostics.ts";
import { endToast } from "./host/end-toast.ts";
import { hostBinary } from "./host/host-binary.ts";
import { HostClient } from "./host/host-client.ts";
import { InstanceCatalog } from "./host/instance-catalog.ts";
import { systemClock } from "./host/system-clock.ts";
import { backgroundTools } from "./host/tools/background-tools.ts";
import { endTree } from "./processes/end-tree.ts";
import { liveInstances } from "./processes/live-instances.ts";
import { systemProcessTable } from "./processes/process-table.ts";
import { createIdentity, type SupervisorIdentity } from "./processes/supervisor-identity.ts";
import { FileInstanceStore } from "./store/file-instance-store.ts";
import { LogFile } from "./store/log-file.ts";
import { LostRecords } from "./store/lost-records.ts";
import { toRecord } from "./store/record.ts";
import { RecordFolder } from "./store/record-folder.ts";
import { logPath, statePaths, type StatePaths } from "./store/state-paths.ts";
import { deadlinePolicy } from "./supervisor/policies/deadline.ts";
import { Recovery } from "./supervisor/recovery.ts";
import { Supervisor } from "./supervisor/supervisor.ts";

/** The plugin in an ordinary opencode: it supervises. */
export async function hostPlugin(
  input: PluginInput,
  rawOptions: PluginOptions | undefined,
  moduleUrl: string,
): Promise<Hooks> {
  const host = new HostClient(input.client);
  const { options, warnings } = readOptions(rawOptions, process.env);
  const diagnostics = new Diagnostics(host, options.logLevel);
  // The host answers only once it has the hooks.
  setTimeout(() => diagnostics.open(), 0);
  const refusal = refuse(input.directory, moduleUrl, await secretFolder(options));
  if (refusal !== undefined) {
    diagnostics.notice("error", refusal);
    return {};
  }
  for (const warning of warnings) diagnostics.notice("warning", warning);
  return hostHooks(input.directory, moduleUrl, options, host, diagnostics);
}

/** Why the plugin stays out of this process, or `undefined`. */
function refuse(directory: string, moduleUrl: string, secret: string | undefined): string | undefined {
  if (process.platform === "win32") {
    return "Bizar runs on Linux and macOS; on Windows it stays out. Use it inside WSL.";
  }
  if (secret !== undefined) {
    return `Bizar's stateDir or logDir is under ${secret}, where credentials are kept. Choose another folder; until then Bizar stays out.`;
  }
  const other = [...liveInstances().values()].find(
    (live) => live.directory === directory && live.moduleUrl !== moduleUrl,
  );
  if (other === undefined) return undefined;
  return `Bizar was found twice: ${other.moduleUrl} is in use, ${moduleUrl} stays out. Remove one of them from "plugin" in opencode.json.`;
}

async function secretFolder({ stateDir, logDir }: Options): Promise<string | undefined> {
  return (await secretFolderOf(stateDir)) ?? (await secretFolderOf(logDir));
}

function hostHooks(
  directory: string,
  moduleUrl: string,
  options: Options,
  host: HostClient,
  diagnostics: Diagnostics,
): Hooks {
  const identity = createIdentity();
  liveInstances().set(identity.token, { directory, moduleUrl });
  const paths = statePaths(options.stateDir, options.logDir);
  const store = new FileInstanceStore(paths, { supervisor: identity, onExit: options.onExit }, systemClock);
  const records = new RecordFolder(paths, (message) => diagnostics.notice("warning", message));
  const backend = processBackend({
    binary: hostBinary(options.opencodeBinary),
    identity,
    onExit: options.onExit,
    skipPermissions: options.backgroundSkipPermissions,
    killGraceMs: options.killGraceMs,
    environment: process.env,
    openLog: (instanceId) => openLog(paths, instanceId, options, diagnostics),
  });
  const supervisor = new Supervisor({
    backend,
    store,
    transcripts: host,
    notifier: endToast(host),
    clock: systemClock,
    policies: [deadlinePolicy],
    maxConcurrentInstances: options.maxConcurrentInstances,
    report: diagnostics.report,
  });
  const recovery = createRecovery({ paths, records, identity, store, host, diagnostics });
  // Recovery asks the host for messages: it starts when the hooks are there.
  setTimeout(() => void recovery.run(), 0);
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
    async config(config) {
      if (options.provideAgents) provideAgents(config);
    },
    tool: backgroundTools({
      options,
      supervisor,
      catalog,
      host,
      recordDir: paths.recordDir,
      logPath: (instanceId) => logPath(paths, instanceId),
    }),
    async dispose() {
      recovery.close();
      supervisor.shutdown();
      liveInstances().delete(identity.token);
    },
  };
}

function openLog(paths: StatePaths, instanceId: string, options: Options, diagnostics: Diagnostics): LogSink {
  if (options.logsDisabled) return { write() {}, close() {} };
  const report = (message: string) => diagnostics.notice("warning", message);
  return new LogFile(logPath(paths, instanceId), options.logRotationBytes, report);
}

interface RecoveryContext {
  readonly paths: StatePaths;
  readonly records: RecordFolder;
  readonly identity: SupervisorIdentity;
  readonly store: FileInstanceStore;
  readonly host: HostClient;
  readonly diagnostics: Diagnostics;
}

function createRecovery({ paths, records, identity, store, host, diagnostics }: RecoveryContext): Recovery {
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
