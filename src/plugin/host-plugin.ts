import type { Hooks, PluginInput, PluginOptions } from "../opencode/plugin-api.ts";
import { join } from "node:path";
import { readOptions, type Options } from "../config/options.ts";
import { secretFolderOf } from "../config/secret-folders.ts";
import type { GuardSettings } from "../guard/guard-settings.ts";
import { odinHooks } from "../host/agents/odin-hooks.ts";
import { Diagnostics } from "../host/diagnostics.ts";
import { ledgerHooks } from "../host/ledger-hooks.ts";
import { agentsBefore } from "../host/announcements/agents-before.ts";
import { agentsOutHooks } from "../host/announcements/agents-out.ts";
import { agentSessionHooks } from "../host/agent-sessions.ts";
import { giveMessage } from "../fleet/give-message.ts";
import { putReminder } from "../host/announcements/put-reminder.ts";
import { HostClient } from "../host/host-client.ts";
import { maySupervise } from "../host/may-supervise.ts";
import { notifyCommand } from "../host/notify-command.ts";
import { startedAs } from "../opencode/started-as.ts";
import { LastLooks } from "../host/tools/last-looks.ts";
import { backgroundToolHooks } from "../host/tools/background-tools.ts";
import { TerminalHalf } from "../host/terminal-half.ts";
import { agentsAbout, namesAgents, spawnAbout } from "../host/tools/call-about.ts";
import { QuietCalls } from "../host/tools/quiet-calls.ts";
import { SPAWN } from "../host/tools/spawn-background.ts";
import type { InstanceCatalog } from "../fleet/instance-catalog.ts";
import { agentsGoOn } from "../host/agents-go-on.ts";
import { interruptedSession } from "../opencode/interrupted-session.ts";
import { UnreadMessages } from "../host/unread-messages.ts";
import { hostPlans } from "../host/plans/host-plans.ts";
import { joinHooks } from "./join-hooks.ts";
import { LazyFleet } from "./lazy-fleet.ts";
import type { lentAgents } from "./lent-agents.ts";
import { createLoopGuard, withLoopGuard } from "./loop-guard.ts";
import { worktreeOf } from "../opencode/worktree-of.ts";
import { withRules } from "./with-rules.ts";
import { fleetSpending } from "../processes/fleet-spending.ts";
import { liveInstances } from "../processes/live-instances.ts";
import { foreignProcWarning } from "../processes/outer-proc.ts";
import { createIdentity } from "../processes/supervisor-identity.ts";
import { statePaths } from "../store/state-paths.ts";
import { once } from "../lib/once.ts";
import { systemClock } from "../lib/system-clock.ts";
import type { Instance } from "../supervisor/instance.ts";
import { FleetBudget } from "../supervisor/policies/caps.ts";

/**
 * The plugin in an ordinary opencode: it supervises.
 *
 * @param lends what it does for agents of other machines; absent where nobody can have one in it
 */
export function hostPlugin(
  input: PluginInput,
  rawOptions: PluginOptions | undefined,
  moduleUrl: string,
  lends?: typeof lentAgents,
): Hooks {
  const host = new HostClient(input.client);
  const { options, warnings } = readOptions(rawOptions, process.env);
  const diagnostics = new Diagnostics(host, options.logLevel);
  // The host answers only once it has the hooks.
  setTimeout(() => diagnostics.open(), 0);
  const refusal = refuse(
    input.directory,
    moduleUrl,
    secretFolderOf(options.stateDir) ?? secretFolderOf(options.logDir),
  );
  if (refusal !== undefined) {
    diagnostics.notice("error", refusal);
    return {};
  }
  const blindness = foreignProcWarning() ?? [];
  for (const warning of [...warnings, blindness].flat()) diagnostics.notice("warning", warning);
  const settings = guardSettings(options);
  const lent = lends?.(input, diagnostics.report);
  const guard = createLoopGuard(settings, { worktree: worktreeOf(input), report: diagnostics.report, ...lent?.guard });
  const hooks = hostHooks(input, moduleUrl, options, host, diagnostics, settings);
  return withRules(input, withLoopGuard(lent === undefined ? hooks : joinHooks(hooks, lent.hooks), guard));
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

function quietCalls(host: HostClient, fleet: () => Promise<{ readonly catalog: InstanceCatalog }>): QuietCalls {
  return new QuietCalls({
    showInput: async (...call) => await host.showInput(...call),
    async about(tool, given, sessionId) {
      // Of a call that names no agent nothing has to be loaded.
      if (tool === SPAWN) return spawnAbout(given);
      return namesAgents(given) ? await agentsAbout((await fleet()).catalog, given, sessionId) : {};
    },
  });
}

/** For whom only the server half is configured. */
const TERMINAL_HINT = "To see agents at work in the terminal (a line, and F6): opencode plugin --global opencode-bizar";

function hostHooks(
  input: PluginInput,
  moduleUrl: string,
  options: Options,
  host: HostClient,
  diagnostics: Diagnostics,
  guard: GuardSettings,
): Hooks {
  const { directory } = input;
  const identity = createIdentity();
  const budget = new FleetBudget(options.fleetBudgetUsd, fleetSpending());
  liveInstances().set(identity.token, { directory, moduleUrl });
  const paths = statePaths(options.stateDir, options.logDir, options.worktreeDir);
  const notify = notifyCommand({
    ...{ command: options.notifyCommand, directory, environment: process.env },
    report: (message) => diagnostics.log("warn", message),
  });
  const context = {
    ...{ options, paths, directory, identity, guard, budget, host, diagnostics, notify },
    agentEnded: (instance: Instance) => plans.agentEnded(instance),
    changesApplied: (instanceId: string) => plans.changesApplied(instanceId),
  };
  const fleet = new LazyFleet(context);
  const unread = new UnreadMessages();
  const looks = new LastLooks();
  // With "finish" agents need no opencode to come to their end.
  const started = startedAs();
  const isRun = started === "run";
  const endsWithTurn = isRun && options.onExit === "kill";
  const terminal = new TerminalHalf({
    directory,
    where: { stateDir: options.stateDir, logDir: options.logDir, token: identity.token },
    plans: () => plans.waiting,
    async answer(ask) {
      if (ask.kind !== "finish") return await plans.ask(ask);
      await (await fleet.get()).letFinish();
      return { ok: true, text: "" };
    },
  });
  // A run shows no line of a call before its end.
  const quiet = isRun ? undefined : quietCalls(host, fleet.get);
  const plans = hostPlans({
    ...{ input, options, host, diagnostics, unread, quiet, notify },
    fleet: fleet.get,
    waitingChanged: () => terminal.changed(),
    screenHint: () => (started === "ui" && !terminal.isThere ? TERMINAL_HINT : undefined),
    // Where others reach this opencode, who gave a command may look at another screen.
    showOnScreen: (...answer) => started === "ui" && terminal.show(...answer),
  });
  terminal.changed();
  const ledger = ledgerHooks({
    ...{ directory, folder: paths.changeDir, recordDir: paths.recordDir, report: diagnostics.report },
    instanceOf: async () => undefined,
  });
  const out = agentsOutHooks({
    async out(sessionId) {
      fleet.requested();
      // Nobody waits for what is not there to be loaded.
      return fleet.current?.agentsOut(sessionId) ?? [];
    },
    async oneEnded(sessionId) {
      const { agentsOut, supervisor } = await fleet.get();
      const ends = agentsOut(sessionId).map(async ({ instanceId }) => await supervisor.whenSettled(instanceId));
      // A race of none would never be over.
      if (ends.length > 0) await Promise.race(ends);
    },
    tellNow: async (sessionId) => await (await fleet.get()).tellNow(sessionId),
    put: async (sessionId, text) => await putReminder(host, sessionId, text),
    before: async (sessionId) => await agentsBefore((await fleet.get()).catalog, sessionId),
    maySupervise: (agent) => maySupervise(options, agent),
    isRun,
    endsAgents: endsWithTurn,
    report: diagnostics.report,
  });
  const tools = backgroundToolHooks(
    {
      options,
      host,
      recordDir: paths.recordDir,
      changeDir: paths.changeDir,
      clock: systemClock,
      looks,
      endsWithTurn,
      unread,
      desk: async () => await plans.desk(),
      planTasks: plans.tasks,
      fleet: fleet.get,
    },
    quiet,
  );
  // What reads records is loaded at the first message: opencode waits for the plugin at its start.
  const atWork = once(async () => new (await import("../fleet/agent-sessions.ts")).AgentSessions(paths));
  const sessions = agentSessionHooks({
    async agentIn(sessionId) {
      return await (await atWork()).agentIn(sessionId);
    },
    give: async (agent, words) => await giveMessage(await fleet.get(), agent, words, true),
    tell: (toast) => void host.toast(toast).catch(() => undefined),
  });
  return joinHooks(sessions, odinHooks(options.provideAgents), unread.hooks, plans.hooks, ledger, out, tools, {
    async event({ event }) {
      host.event(event);
      looks.event(event);
      fleet.event(event);
      const interrupted = interruptedSession(event);
      if (interrupted === undefined) return;
      const goOn = agentsGoOn((await fleet.get()).agentsOut(interrupted));
      if (goOn !== undefined) await host.toast(goOn).catch(() => undefined);
    },
    async dispose() {
      fleet.close();
      terminal.close();
      liveInstances().delete(identity.token);
    },
  });
}

function guardSettings(options: Options): GuardSettings {
  return {
    isEnabled: !options.loopGuardDisabled,
    loopThresholdWarn: options.loopThresholdWarn,
    loopThresholdEscalate: options.loopThresholdEscalate,
    loopThresholdBlock: options.loopThresholdBlock,
    loopWindowSize: options.loopWindowSize,
    loopExemptTools: options.loopExemptTools,
    sessionDir: join(options.stateDir, "sessions"),
    logDir: options.logDir,
    logRotationBytes: options.logRotationBytes,
    logsDisabled: options.logsDisabled,
  };
}
