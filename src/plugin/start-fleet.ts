import { backendChoice } from "../backends/backend-choice.ts";
import { inOwnFolder } from "../backends/in-own-folder.ts";
import type { LoggedTurn, LogSink } from "../backends/log-sink.ts";
import { processBackend } from "../backends/process/process-backend.ts";
import type { ServersBackend } from "../backends/servers/servers-backend.ts";
import { placesOf } from "../config/places.ts";
import { LocalFleet, type FleetEdges } from "../fleet/local-fleet.ts";
import { policies } from "../fleet/policies.ts";
import { askUserToast } from "../host/ask-user-toast.ts";
import { asksUser } from "../host/asks-user.ts";
import { endToast } from "../host/end-toast.ts";
import { hostBinary } from "../host/host-binary.ts";
import { maySupervise } from "../host/may-supervise.ts";
import { endNotice, questionNotice } from "../host/notify-command.ts";
import { offersOf } from "../host/offers.ts";
import { describeError } from "../lib/describe-error.ts";
import { systemClock } from "../lib/system-clock.ts";
import { ModelLists } from "../opencode/model-lists.ts";
import { availableMemoryMb } from "../processes/available-memory.ts";
import { endTree } from "../processes/end-tree.ts";
import { orphanedTree } from "../processes/orphaned-tree.ts";
import { systemProcessTable } from "../processes/process-table.ts";
import { AnswerFiles } from "../store/answer-files.ts";
import { LogFile } from "../store/log-file.ts";
import { thisMachine } from "../store/machine.ts";
import { SessionNotes } from "../store/session-notes.ts";
import { logPath } from "../store/state-paths.ts";
import { Fallbacks, modelNamed } from "../supervisor/fallbacks.ts";
import type { Instance } from "../supervisor/instance.ts";
import { callerDirectory } from "../supervisor/own-folder.ts";
import type { Backend, Notes, TurnRequest } from "../supervisor/ports.ts";
import type { FleetContext } from "./fleet-context.ts";
import { ownFolders, setUpThere, type OwnFolders } from "./own-folders.ts";
import { poolAgents } from "./pool-agents.ts";
import { warmAgents } from "./warm-agents.ts";

/** Builds the fleet with its edges, and starts to settle what earlier hosts left. */
export function startFleet(context: FleetContext): LocalFleet {
  const { options, paths, identity, guard, budget, host, diagnostics } = context;
  const folders = ownFolders(context, (turn) => openLog(context, turn));
  const notes = new SessionNotes(guard.sessionDir);
  const { backend, servers, close } = backends(context, folders, notes);
  const warn = (message: string) => diagnostics.notice("warning", message);
  return new LocalFleet({
    ...{ paths, identity, host, backend, warn },
    ...words(context),
    ...leftTrees(),
    directory: context.directory,
    onExit: options.onExit,
    announceBatch: options.announceBatch,
    maySupervise: (agent) => maySupervise(options, agent),
    clock: systemClock,
    machine: thisMachine,
    workspace: folders.workspace,
    finishFolder: folders.finish,
    policies: policies(options, budget, async ({ agent, directory }) => {
      const found = (await host.agents(directory, agent)).find(({ name }) => name === agent);
      return found === undefined ? [] : offersOf(found);
    }),
    notes,
    permissionWaitMs: options.permissionWaitMs,
    fallbacks: new Fallbacks({
      clock: systemClock,
      modelsFor: (agent) => (options.fallbackModels[agent] ?? options.fallbackModels["*"] ?? []).map(modelNamed),
      autoContinue: options.autoContinue,
    }),
    refusal: () => budget.refusal(),
    slotsOf: (place) => placesOf(options).find(({ name }) => name === place)?.slots ?? 1,
    anyOf: (known) => servers.usable(known),
    readElsewhere: async (...session) => await servers.read(...session),
    maxConcurrentInstances: options.maxConcurrentInstances,
    memory: { minFreeMemoryMb: options.minFreeMemoryMb, availableMemoryMb },
    closeBackends: close,
    report: diagnostics.report,
    log: (message) => diagnostics.log("warn", message),
  });
}

/** What turns run in. */
interface Backends {
  readonly backend: Backend;
  readonly servers: ServersBackend;
  readonly close: () => void;
}

function backends(context: FleetContext, { prepare, travel }: OwnFolders, notes: Notes): Backends {
  const { options, paths, identity, guard, host, diagnostics } = context;
  const files = new AnswerFiles(paths, diagnostics.report);
  const answers = {
    asks: asksUser(options),
    waitMs: options.permissionWaitMs,
    give: files.give.bind(files),
    clear: files.clear.bind(files),
  };
  const lists = new ModelLists({
    environment: process.env,
    folder: paths.modelDir,
    files: thisMachine.files,
    connected: async (directory) => await host.providers(directory),
    report: (message, cause) => diagnostics.log("warn", `${message} ${describeError(cause)}`),
  });
  const models = async (turn: TurnRequest) => await lists.find(callerDirectory(turn), turn.model.providerId);
  const openTurnLog = (turn: LoggedTurn) => openLog(context, turn);
  const warm = warmAgents({ ...context, models, answers }, openTurnLog, (path) => openFile(context, path));
  const servers = poolAgents({ options, answers, travel, notes }, openTurnLog);
  const children = processBackend({
    ...{ identity, answers, guard, travel },
    binary: hostBinary(options.opencodeBinary),
    onExit: options.onExit,
    skipPermissions: options.backgroundSkipPermissions,
    killGraceMs: options.killGraceMs,
    environment: process.env,
    openLog: openTurnLog,
    transcripts: host,
    clock: systemClock,
    modelsPath: async (turn) => (await models(turn))?.path,
    worktreeDir: options.worktreeDir,
    launchers: options.launchers,
    setUp: setUpThere(options),
  });
  return {
    backend: inOwnFolder(backendChoice({ process: children, warm, servers }), prepare),
    servers,
    close() {
      warm.close();
      servers.close();
    },
  };
}

/** What a person is told of agents. */
function words({ host, notify, agentEnded }: FleetContext): Pick<FleetEdges, "toast" | "askUser"> {
  const toast = endToast(host, systemClock);
  const showQuestion = askUserToast(host);
  return {
    toast: {
      ended(instance) {
        toast.ended(instance);
        notify(endNotice(instance));
        agentEnded(instance);
      },
    },
    askUser(instance, question) {
      showQuestion(instance, question);
      notify(questionNotice(instance, question));
    },
  };
}

/** How what is left of agents is found and ended whose supervisor is gone. */
function leftTrees(): Pick<FleetEdges, "childLives" | "endTree"> {
  const table = systemProcessTable();
  return {
    childLives({ pid, startTime }) {
      const found = table.find(pid);
      return found !== undefined && !found.isZombie && found.startTime === startTime;
    },
    async endTree({ instanceId, state, backend }: Instance, ownerPid, onExit) {
      const process = "process" in state ? (state.process ?? undefined) : undefined;
      const left = { instanceId, process, isWarm: backend === "warm", ownerPid, serverEndsItself: onExit === "finish" };
      const { unseen } = await endTree(orphanedTree(left, table), 0, table);
      if (unseen !== undefined) throw new Error(`Whether it has ended cannot be seen. ${unseen}`);
    },
  };
}

function openLog(context: FleetContext, turn: LoggedTurn): LogSink {
  return openFile(context, turn.logPath ?? logPath(context.paths, turn.instanceId));
}

function openFile({ options, diagnostics }: FleetContext, path: string): LogSink {
  if (options.logsDisabled) return { write() {}, close() {} };
  const report = (message: string) => diagnostics.notice("warning", message);
  return new LogFile(path, options.logRotationBytes, report);
}
