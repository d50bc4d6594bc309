import type { Options } from "../config/options.ts";
import type { InstanceCatalog } from "../fleet/instance-catalog.ts";
import { giveMessage } from "../fleet/give-message.ts";
import type { GuardSettings } from "../guard/guard-settings.ts";
import { agentSessionHooks } from "../host/agent-sessions.ts";
import { agentsGoOn } from "../host/agents-go-on.ts";
import { odinHooks } from "../host/agents/odin-hooks.ts";
import { agentsBefore } from "../host/announcements/agents-before.ts";
import { agentsOutHooks } from "../host/announcements/agents-out.ts";
import { putReminder } from "../host/announcements/put-reminder.ts";
import type { Diagnostics } from "../host/diagnostics.ts";
import type { HostClient } from "../opencode/host-client.ts";
import { ledgerHooks } from "../host/ledger-hooks.ts";
import { maySupervise } from "../host/may-supervise.ts";
import { notifyCommand, type Notice } from "../host/notify-command.ts";
import { hostPlans, type HostPlans } from "../host/plans/host-plans.ts";
import { TerminalHalf } from "../host/terminal-half.ts";
import { backgroundToolHooks } from "../host/tools/background-tools.ts";
import { agentsAbout, namesAgents, spawnAbout } from "../host/tools/call-about.ts";
import { LastLooks } from "../host/tools/last-looks.ts";
import { QuietCalls } from "../host/tools/quiet-calls.ts";
import { SPAWN } from "../text/own-tools.ts";
import { UnreadMessages } from "../host/unread-messages.ts";
import { once } from "../lib/once.ts";
import { systemClock } from "../lib/system-clock.ts";
import { BegunSessions } from "../opencode/begun-sessions.ts";
import { interruptedSession } from "../opencode/interrupted-session.ts";
import type { Hooks, PluginInput } from "../opencode/plugin-api.ts";
import { startedAs } from "../opencode/started-as.ts";
import { fleetSpending } from "../processes/fleet-spending.ts";
import { liveInstances } from "../processes/live-instances.ts";
import { createIdentity } from "../processes/supervisor-identity.ts";
import { statePaths, type StatePaths } from "../store/state-paths.ts";
import { FleetBudget } from "../supervisor/policies/caps.ts";
import { joinHooks } from "./join-hooks.ts";
import { LazyFleet } from "./lazy-fleet.ts";

/** For whom only the server half is configured. */
const TERMINAL_HINT = "To see agents at work in the terminal (a line, and F6): opencode plugin --global opencode-bizar";

export interface HostSideParts {
  readonly input: PluginInput;
  readonly moduleUrl: string;
  readonly options: Options;
  readonly host: HostClient;
  readonly diagnostics: Diagnostics;
  readonly guard: GuardSettings;
}

/** Everything of an ordinary opencode but its guards, built once. */
export class HostSide {
  readonly #parts: HostSideParts;
  readonly #started = startedAs();
  readonly #isRun = this.#started === "run";
  readonly #identity = createIdentity();
  readonly #paths: StatePaths;
  readonly #unread = new UnreadMessages();
  readonly #looks = new LastLooks();
  readonly #begun = new BegunSessions();
  readonly #notify: (notice: Notice) => void;
  readonly #fleet: LazyFleet;
  readonly #quiet: QuietCalls | undefined;
  readonly #plans: HostPlans;
  readonly #terminal: TerminalHalf;
  readonly hooks: Hooks;

  constructor(parts: HostSideParts) {
    const { options, host, diagnostics, moduleUrl } = parts;
    const { directory } = parts.input;
    this.#parts = parts;
    liveInstances().set(this.#identity.token, { directory, moduleUrl });
    this.#paths = statePaths(options.stateDir, options.logDir, options.worktreeDir);
    this.#notify = notifyCommand({
      ...{ command: options.notifyCommand, directory, environment: process.env },
      report: (message) => diagnostics.log("warn", message),
    });
    this.#fleet = new LazyFleet({
      ...parts,
      ...{ directory, paths: this.#paths, identity: this.#identity, notify: this.#notify },
      isRun: this.#isRun,
      budget: new FleetBudget(options.fleetBudgetUsd, fleetSpending()),
      agentEnded: (instance) => this.#plans.agentEnded(instance),
      changesApplied: (instanceId) => this.#plans.changesApplied(instanceId),
    });
    // A run shows no line of a call before its end.
    this.#quiet = this.#isRun ? undefined : quietCalls(host, this.#fleet.get);
    this.#terminal = this.#wireTerminal();
    this.#plans = this.#wirePlans();
    this.#terminal.changed();
    this.hooks = joinHooks(
      this.#sessionHooks(),
      odinHooks(options.provideAgents),
      this.#unread.hooks,
      this.#plans.hooks,
      this.#ledgerHooks(),
      this.#agentsOutHooks(),
      this.#toolHooks(),
      this.#ownHooks(),
    );
  }

  /** With "finish" agents need no opencode to come to their end. */
  get #endsWithTurn(): boolean {
    return this.#isRun && this.#parts.options.onExit === "kill";
  }

  /** Whether no agent can have to do with a session: of a run nobody else knows it, and nothing has been started here. */
  #isAlone(sessionId: string): boolean {
    return this.#isRun && this.#begun.has(sessionId) && !this.#fleet.isAsked;
  }

  #wirePlans(): HostPlans {
    return hostPlans({
      ...this.#parts,
      ...{ unread: this.#unread, quiet: this.#quiet, notify: this.#notify, fleet: this.#fleet.get },
      waitingChanged: () => this.#terminal.changed(),
      screenHint: () => (this.#started === "ui" && !this.#terminal.isThere ? TERMINAL_HINT : undefined),
      // Where others reach this opencode, who gave a command may look at another screen.
      showOnScreen: (...answer) => this.#started === "ui" && this.#terminal.show(...answer),
    });
  }

  #wireTerminal(): TerminalHalf {
    const { input, options } = this.#parts;
    return new TerminalHalf({
      directory: input.directory,
      where: { stateDir: options.stateDir, logDir: options.logDir, token: this.#identity.token },
      plans: () => this.#plans.waiting,
      answer: async (ask) => {
        if (ask.kind !== "finish") return await this.#plans.ask(ask);
        await (await this.#fleet.get()).letFinish();
        return { ok: true, text: "" };
      },
    });
  }

  #ledgerHooks(): Hooks {
    const { changeDir: folder, recordDir } = this.#paths;
    const { report } = this.#parts.diagnostics;
    const { directory } = this.#parts.input;
    return ledgerHooks({ directory, folder, recordDir, report, instanceOf: async () => undefined });
  }

  #agentsOutHooks(): Hooks {
    const { options, host, diagnostics } = this.#parts;
    const fleet = this.#fleet;
    return agentsOutHooks({
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
      tellNow: async (sessionId) => !this.#isAlone(sessionId) && (await (await fleet.get()).tellNow(sessionId)),
      put: async (sessionId, text) => await putReminder(host, sessionId, text),
      before: async (sessionId) => await agentsBefore((await fleet.get()).catalog, sessionId),
      maySupervise: (agent) => maySupervise(options, agent),
      isRun: this.#isRun,
      endsAgents: this.#endsWithTurn,
      report: diagnostics.report,
    });
  }

  #toolHooks(): Hooks {
    const { options, host } = this.#parts;
    const { recordDir, changeDir } = this.#paths;
    return backgroundToolHooks(
      {
        ...{ options, host, recordDir, changeDir },
        clock: systemClock,
        looks: this.#looks,
        endsWithTurn: this.#endsWithTurn,
        unread: this.#unread,
        desk: this.#plans.desk,
        planTasks: this.#plans.tasks,
        fleet: this.#fleet.get,
      },
      this.#quiet,
    );
  }

  #sessionHooks(): Hooks {
    const { host } = this.#parts;
    // What reads records is loaded at the first message: opencode waits for the plugin at its start.
    const atWork = once(async () => new (await import("../fleet/agent-sessions.ts")).AgentSessions(this.#paths));
    return agentSessionHooks({
      agentIn: async (sessionId) => (this.#isAlone(sessionId) ? undefined : await (await atWork()).agentIn(sessionId)),
      give: async (agent, words) => await giveMessage(await this.#fleet.get(), agent, words, true),
      tell: (toast) => void host.toast(toast).catch(() => undefined),
    });
  }

  #ownHooks(): Hooks {
    const { host } = this.#parts;
    return {
      event: async ({ event }) => {
        host.event(event);
        this.#begun.event(event);
        this.#looks.event(event);
        this.#fleet.event(event);
        const interrupted = interruptedSession(event);
        if (interrupted === undefined) return;
        const goOn = agentsGoOn((await this.#fleet.get()).agentsOut(interrupted));
        if (goOn !== undefined) await host.toast(goOn).catch(() => undefined);
      },
      dispose: async () => {
        this.#fleet.close();
        this.#terminal.close();
        liveInstances().delete(this.#identity.token);
      },
    };
  }
}

function quietCalls(host: HostClient, fleet: () => Promise<{ readonly catalog: InstanceCatalog }>): QuietCalls {
  return new QuietCalls({
    clock: systemClock,
    showInput: async (...call) => await host.showInput(...call),
    async about(tool, given, sessionId) {
      // Of a call that names no agent nothing has to be loaded.
      if (tool === SPAWN) return spawnAbout(given);
      return namesAgents(given) ? await agentsAbout((await fleet()).catalog, given, sessionId) : {};
    },
  });
}
