import { backendChoice } from "../backends/backend-choice.ts";
import type { LoggedTurn, LogSink } from "../backends/log-sink.ts";
import { inOwnFolder } from "../backends/in-own-folder.ts";
import { processBackend } from "../backends/process/process-backend.ts";
import type { Options } from "../config/options.ts";
import { placesOf } from "../config/places.ts";
import { describeError } from "../lib/describe-error.ts";
import { endToast } from "../host/end-toast.ts";
import { endNotice, questionNotice } from "../host/notify-command.ts";
import { hostBinary } from "../host/host-binary.ts";
import type { HostClient } from "../host/host-client.ts";
import { offersOf } from "../host/offers.ts";
import { maySupervise } from "../host/may-supervise.ts";
import { ModelLists } from "../opencode/model-lists.ts";
import { systemClock } from "../lib/system-clock.ts";
import { availableMemoryMb } from "../processes/available-memory.ts";
import { endTree } from "../processes/end-tree.ts";
import { orphanedTree } from "../processes/orphaned-tree.ts";
import { systemProcessTable } from "../processes/process-table.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { deletedSession, tellOwnersOfDeleted } from "../fleet/deleted-sessions.ts";
import { ownerRequests } from "../fleet/owner-requests.ts";
import { askOwner } from "../store/ask-owner.ts";
import { removeOld } from "../store/retention.ts";
import { LogFile } from "../store/log-file.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { thisMachine } from "../store/machine.ts";
import type { RecordFolder } from "../store/record-folder.ts";
import type { OwnerRequest } from "../store/request-files.ts";
import { SessionNotes } from "../store/session-notes.ts";
import type { RequestWatch } from "../store/request-watch.ts";
import { hasRecordFile, logPath } from "../store/state-paths.ts";
import { agentBudgetPolicy, toolCapPolicy, type FleetBudget } from "../supervisor/policies/caps.ts";
import { deadlinePolicy } from "../supervisor/policies/deadline.ts";
import { asksUser } from "../host/asks-user.ts";
import { AnswerFiles } from "../store/answer-files.ts";
import { askUserToast } from "../host/ask-user-toast.ts";
import { noticePolicy } from "../supervisor/policies/notices.ts";
import { callerDirectory } from "../supervisor/own-folder.ts";
import type { Policy } from "../supervisor/policies/policy.ts";
import type { TurnRequest } from "../supervisor/ports.ts";
import { Fallbacks, modelNamed } from "../supervisor/fallbacks.ts";
import { providerWaitPolicy } from "../supervisor/policies/provider-wait.ts";
import { silencePolicy } from "../supervisor/policies/silence.ts";
import { thinkingLoopPolicy } from "../supervisor/policies/thinking-loop.ts";
import { ownFolders, setUpThere } from "./own-folders.ts";
import type { SupervisionContext } from "./supervision-context.ts";
import { poolAgents } from "./pool-agents.ts";
import { warmAgents } from "./warm-agents.ts";
import { wireSupervision } from "./wire-supervision.ts";

/** Builds the supervisor with its edges, and starts to settle what earlier hosts left. */
export function startSupervision(context: SupervisionContext): Fleet {
  const { options, paths, identity, guard, fleet, host, diagnostics } = context;
  const lists = new ModelLists({
    environment: process.env,
    folder: paths.modelDir,
    files: thisMachine.files,
    connected: async (directory) => await host.providers(directory),
    report: (message, cause) => diagnostics.log("warn", `${message} ${describeError(cause)}`),
  });
  const folders = ownFolders(context, (turn) => openLog(context, turn));
  const files = new AnswerFiles(paths, diagnostics.report);
  const answers = {
    asks: asksUser(options),
    waitMs: options.permissionWaitMs,
    give: files.give.bind(files),
    clear: files.clear.bind(files),
  };
  const models = async (turn: TurnRequest) => await lists.find(callerDirectory(turn), turn.model.providerId);
  const warm = warmAgents(
    { ...context, models, answers },
    (turn) => openLog(context, turn),
    (path) => openFile(context, path),
  );
  const children = processBackend({
    binary: hostBinary(options.opencodeBinary),
    identity,
    onExit: options.onExit,
    skipPermissions: options.backgroundSkipPermissions,
    answers,
    killGraceMs: options.killGraceMs,
    guard,
    environment: process.env,
    openLog: (turn) => openLog(context, turn),
    transcripts: host,
    clock: systemClock,
    modelsPath: async (turn) => (await models(turn))?.path,
    worktreeDir: options.worktreeDir,
    launchers: options.launchers,
    travel: folders.travel,
    setUp: setUpThere(options),
  });
  const servers = poolAgents({ options, answers, travel: folders.travel }, (turn) => openLog(context, turn));
  const backend = inOwnFolder(backendChoice({ process: children, warm, servers }), folders.prepare);
  const table = systemProcessTable();
  const toast = endToast(host);
  const showQuestion = askUserToast(host);
  const warn = (message: string) => diagnostics.notice("warning", message);
  const wired = wireSupervision({
    paths,
    identity,
    host,
    warn,
    directory: context.directory,
    onExit: options.onExit,
    announceBatch: options.announceBatch,
    maySupervise: (agent) => maySupervise(options, agent),
    backend: {
      start(turn, observer) {
        requests.open();
        return backend.start(turn, observer);
      },
    },
    toast: {
      ended(instance) {
        toast.ended(instance);
        context.notify(endNotice(instance));
        context.agentEnded(instance);
      },
    },
    clock: systemClock,
    machine: thisMachine,
    finishFolder: folders.finish,
    policies: policies(options, fleet, host),
    notes: new SessionNotes(context.guard.sessionDir),
    permissionWaitMs: options.permissionWaitMs,
    fallbacks: new Fallbacks({
      clock: systemClock,
      modelsFor: (agent) => (options.fallbackModels[agent] ?? options.fallbackModels["*"] ?? []).map(modelNamed),
      autoContinue: options.autoContinue,
    }),
    askUser(instance, question) {
      showQuestion(instance, question);
      context.notify(questionNotice(instance, question));
    },
    refusal: () => fleet.refusal(),
    slotsOf: (place) => placesOf(options).find(({ name }) => name === place)?.slots ?? 1,
    anyOf: () => servers.usable(),
    maxConcurrentInstances: options.maxConcurrentInstances,
    memory: { minFreeMemoryMb: options.minFreeMemoryMb, availableMemoryMb },
    childLives: ({ pid, startTime }) => {
      const found = table.find(pid);
      return found !== undefined && !found.isZombie && found.startTime === startTime;
    },
    endTree: async ({ instanceId, state, backend }, ownerPid, onExit) => {
      const process = "process" in state ? (state.process ?? undefined) : undefined;
      const left = { instanceId, process, isWarm: backend === "warm", ownerPid, serverEndsItself: onExit === "finish" };
      const { unseen } = await endTree(orphanedTree(left, table), 0, table);
      if (unseen !== undefined) throw new Error(`Whether it has ended cannot be seen. ${unseen}`);
    },
    report: diagnostics.report,
  });
  const { supervisor, catalog, records, sendMessage } = wired;
  const requests = ownerRequests({
    ...{ paths, token: identity.token, records, supervisor, sendMessage },
    saveAll: () => wired.saveAll(),
    report: warn,
    clock: systemClock,
  });
  const ask = async (instanceId: string, request: OwnerRequest) =>
    await askOwner({ paths, records }, instanceId, request);
  const owners = { token: identity.token, records, askOwner: ask, report: diagnostics.report };
  const closing = new AbortController();
  void wired
    .recovered()
    .then(async () => await afterRecovery(context, records, requests, folders.workspace, closing.signal));
  return {
    supervisor,
    catalog,
    workspace: folders.workspace,
    sendMessage,
    readElsewhere: async (place, session, prompts) => await servers.read(place, session, prompts),
    askOwner: ask,
    async answer(instanceId, { questionId, reply, by }) {
      const own = supervisor.answer(instanceId, questionId, reply, by);
      if (own !== undefined) return own;
      const asked = await ask(instanceId, { kind: "answer", questionId, reply, by });
      return asked.ok ? asked : { ok: false, why: asked.error };
    },
    collecting: wired.collecting,
    agentsOut: wired.agentsOut,
    tellNow: wired.tellNow,
    event(event) {
      wired.event(event);
      const deleted = deletedSession(event);
      if (deleted !== undefined) void tellOwnersOfDeleted(owners, deleted);
    },
    letFinish: async () => await wired.letFinish(),
    close() {
      closing.abort();
      requests.close();
      wired.close();
      warm.close();
      servers.close();
    },
  };
}

/** What has time until the records of earlier hosts are settled. Never rejects. */
async function afterRecovery(
  { paths, identity, diagnostics }: SupervisionContext,
  records: RecordFolder,
  requests: RequestWatch,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<void> {
  try {
    // What was settled here is this host's now: others ask here for more of it.
    if ((await records.list()).some(({ supervisor }) => supervisor.token === identity.token)) requests.open();
    const report = (message: string) => diagnostics.log("warn", message);
    await removeOld({ paths, records, identity, report, signal, now: () => systemClock.now() });
    const { failed } = await workspace.sweep(async (id) => await hasRecordFile(paths, id));
    for (const problem of failed) report(problem);
  } catch (error) {
    diagnostics.report("What is older than 7 days could not be removed.", error);
  }
}

/** Every rule that may end a running agent. */
function policies(options: Options, fleet: FleetBudget, host: HostClient): Policy[] {
  return [
    deadlinePolicy,
    noticePolicy({
      toolCalls: options.backgroundToolCallCap,
      usd: options.backgroundBudgetUsd,
      tokens: options.backgroundTokenBudget,
    }),
    providerWaitPolicy({ maxRetryWaitMs: options.maxRetryWaitMs }),
    silencePolicy({
      stallTimeoutMs: options.backgroundStallTimeoutMs,
      toolTimeoutMs: options.backgroundToolTimeoutMs,
    }),
    thinkingLoopPolicy({
      timeoutMs: options.backgroundThinkingLoopTimeoutMs,
      maxInterventions: options.backgroundMaxInterventions,
      async offersOf({ agent, directory }) {
        const found = (await host.agents(directory, agent)).find(({ name }) => name === agent);
        return found === undefined ? [] : offersOf(found);
      },
    }),
    toolCapPolicy(options.backgroundToolCallCap),
    agentBudgetPolicy({ usd: options.backgroundBudgetUsd, tokens: options.backgroundTokenBudget }),
    fleet.policy,
  ];
}

function openLog(context: SupervisionContext, turn: LoggedTurn): LogSink {
  return openFile(context, turn.logPath ?? logPath(context.paths, turn.instanceId));
}

function openFile({ options, diagnostics }: SupervisionContext, path: string): LogSink {
  if (options.logsDisabled) return { write() {}, close() {} };
  const report = (message: string) => diagnostics.notice("warning", message);
  return new LogFile(path, options.logRotationBytes, report);
}
