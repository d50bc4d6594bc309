import type { Hooks, PluginInput } from "../../opencode/plugin-api.ts";
import type { Options } from "../../config/options.ts";
import { describeError } from "../../lib/describe-error.ts";
import { ParentActivity } from "../../fleet/telling/parent-activity.ts";
import { slashCommandHooks } from "../commands/slash-commands.ts";
import type { CommandContext } from "../commands/command-context.ts";
import type { Answer, CommandAsk } from "../../halves/messages.ts";
import type { CommandName } from "../commands/command-names.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { startedAs } from "../../opencode/started-as.ts";
import { isSideRequest } from "../side-request.ts";
import type { PlanServices } from "./plan-services.ts";
import type { HostClient } from "../../opencode/host-client.ts";
import { noteOpenReviews } from "./note-open-reviews.ts";
import { OpenReviews } from "./open-reviews.ts";
import type { AskingAgent } from "./feedback-announcer.ts";
import { gate } from "./plan-gate.ts";
import { refusePlanFiles } from "./plan-files.ts";
import { offeredTools } from "../offered-tools.ts";
import { PlanTasks } from "./plan-tasks.ts";
import { planSlugs } from "./plan-slugs.ts";
import { PLAN_FIRST } from "./plan-first.ts";
import { SessionFamilies } from "./session-families.ts";
import { ReadingShell } from "../shell/reading-shell.ts";
import { agentCall } from "../tools/agent-call.ts";
import type { Notice } from "../notify-command.ts";
import type { QuietCalls } from "../tools/quiet-calls.ts";
import { planToolHooks } from "../tools/plan-tools.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { WritingSessions } from "../writing-sessions.ts";
import type { UnreadMessages } from "../unread-messages.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import { SHELL_MARKER, type Act } from "../../processes/whose-act.ts";
import type { Asker } from "../../plans/plan.ts";
import type { Instance } from "../../supervisor/instance.ts";
import { PlanSettingsFile } from "../../store/plan-settings.ts";
import type { Lazy } from "../../lib/lazy.ts";
import { holdsOf, lazyPlans } from "./lazy-plans.ts";
import type { PlanSide } from "./start-plans.ts";
import { ownMetadata } from "../../opencode/own-metadata.ts";
import { worktreeOf } from "../../opencode/worktree-of.ts";

export interface HostPlansParts {
  readonly input: Pick<PluginInput, "worktree" | "directory">;
  readonly options: Options;
  readonly host: HostClient;
  readonly diagnostics: Diagnostics;
  readonly fleet: () => Promise<Fleet>;
  readonly unread: UnreadMessages;
  /** What the user may want to know of the terminal half, where it is not there. */
  readonly screenHint: () => string | undefined;
  /** Shows the answer of a command at the screen; `false` where there is none that could. */
  readonly showOnScreen: (sessionId: string, command: string, text: string) => boolean;
  /** Which plans wait for the user has changed. */
  readonly waitingChanged: () => void;
  readonly notify: (notice: Notice) => void;
  /** Makes the lines of calls short, where a terminal UI may show them. */
  readonly quiet: QuietCalls | undefined;
}

/** Plans in an ordinary opencode: commands, tools, the gate, and who tells what the user did later. */
export interface HostPlans {
  readonly hooks: Hooks;
  /** Settles with what puts something before the user. */
  readonly desk: () => Promise<PlanServices>;
  readonly tasks: PlanTasks;
  /** The plans that wait for the user. */
  readonly waiting: readonly string[];
  /** What the user asks for at the screen, about a plan or an agent's question. Rejects with why it cannot be. */
  ask(ask: CommandAsk): Promise<Answer>;
  /** A background agent has ended: what was decided on its plan is its parent's now, and its task may be done. */
  agentEnded(instance: Instance): void;
  /** What an agent had done in its own folder is in the project now. */
  changesApplied(instanceId: string): void;
}

/** A session that was quiet while so many others worked counts as one of another process. */
const MOST_ACTIVE = 1000;
/** After the start, so that opencode does not wait for it. */
const FIRST_LOOK_MS = 1000;

export function hostPlans(parts: HostPlansParts): HostPlans {
  return new WiredPlans(parts);
}

class WiredPlans implements HostPlans {
  readonly #parts: HostPlansParts;
  readonly #startedAs = startedAs();
  readonly #isRun = this.#startedAs === "run";
  readonly #reviews = new OpenReviews(() => this.#parts.waitingChanged());
  readonly #settings: PlanSettingsFile;
  readonly #active = new NewestMap<true>(MOST_ACTIVE);
  readonly #families: SessionFamilies;
  readonly #shell = new ReadingShell();
  readonly #writing = new WritingSessions();
  readonly #activity: ParentActivity;
  readonly #plans: Lazy<PlanSide>;
  readonly #firstLook: ReturnType<typeof setTimeout> | undefined;
  #known: Promise<void> | undefined;
  readonly tasks: PlanTasks;
  readonly hooks: Hooks;

  constructor(parts: HostPlansParts) {
    this.#parts = parts;
    const { host, diagnostics, options } = parts;
    this.#families = new SessionFamilies(async (id) => await host.parentOf(id), diagnostics.report);
    this.#settings = new PlanSettingsFile(options.stateDir, diagnostics.report);
    this.#activity = new ParentActivity({ idle: () => this.#plans.current?.announcers?.idle(), told: () => undefined });
    const announcing = {
      host,
      sessions: {
        isBusy: (id: string) => this.#activity.isBusy(id),
        isActive: (id: string) => this.#active.has(id),
      },
      agent: async (id: string) => await this.#askingAgent(id),
    };
    this.tasks = new PlanTasks({
      plans: async () => (await this.#plans.get()).plans,
      catalog: async () => (await parts.fleet()).catalog,
      report: diagnostics.report,
    });
    this.#plans = lazyPlans({
      worktree: worktreeOf(parts.input),
      stateDir: options.stateDir,
      openBrowser: options.planOpenBrowser,
      reviews: this.#reviews,
      unread: parts.unread,
      fleet: parts.fleet,
      instanceOf: async () => undefined,
      agents: async (slug) => await this.tasks.atWork(slug),
      say: async (...given) => await this.#say(...given),
      notify: parts.notify,
      report: diagnostics.report,
      // It is over before anybody could read what it is told.
      ...(this.#isRun ? {} : { announcing }),
    });
    if (!this.#isRun) this.#firstLook = setTimeout(() => void this.#lookOnce(), FIRST_LOOK_MS);
    this.hooks = this.#hooks();
  }

  readonly desk = async (): Promise<PlanServices> => await this.#plans.get();

  get waiting(): readonly string[] {
    return this.#reviews.slugs;
  }

  agentEnded(instance: Instance): void {
    void this.tasks.ended(instance);
    // Its plan may be one that this process has never heard of.
    this.#known = undefined;
    void this.#lookOnce();
  }

  changesApplied(instanceId: string): void {
    void this.tasks.applied(instanceId);
  }

  #hooks(): Hooks {
    const { diagnostics } = this.#parts;
    const commands = slashCommandHooks({
      answer: async (...asked) => await this.#answer(...asked),
      showOnScreen: this.#parts.showOnScreen,
      writing: this.#writing,
      show: async (sessionId, text, metadata) => await this.#parts.host.show(sessionId, text, metadata),
      isOfAgent: async (sessionId) => await this.#isChild(sessionId),
      isOfRun: async (sessionId) => await this.#isOfRun(sessionId),
      log: (message) => diagnostics.log("info", message),
    });
    return {
      ...commands,
      ...planToolHooks(async () => await this.#plans.get(), this.#parts.quiet),
      ...offeredTools({
        supervisorAgents: this.#parts.options.supervisorAgents,
        wantsPlans: async (id) => (await this.#settings.read()).visualPlan || this.#reviews.of(id).length > 0,
        slugs: async () => await planSlugs(worktreeOf(this.#parts.input)),
      }),
      event: async ({ event }) => {
        const sessionId: unknown = Reflect.get(event.properties, "sessionID");
        if (event.type === "session.status" && typeof sessionId === "string") this.#active.set(sessionId, true);
        this.#activity.event(event);
        this.#writing.event(event);
      },
      "tool.execute.before": async ({ tool, sessionID, callID }, { args }) => {
        const { input, options } = this.#parts;
        const { directory } = input;
        refusePlanFiles(tool, args, { directory, worktree: worktreeOf(input), stateDir: options.stateDir });
        if (options.planGate !== "enforce") return;
        const parts = {
          families: this.#families,
          sessionsOf: async (asker: Asker) => await this.#sessionsOf(asker),
          allowReading: this.#shell.allow.bind(this.#shell),
          agentCall: agentCall(this.#parts),
          holds: async () => await holdsOf(this.#plans, async () => await this.#lookOnce()),
        };
        await gate(parts, { tool, sessionId: sessionID, callId: callID, args });
      },
      "shell.env": async (call, given) => {
        if (call.sessionID !== undefined) given.env[SHELL_MARKER] = call.sessionID;
        await this.#shell.hooks["shell.env"](call, given);
      },
      "experimental.chat.system.transform": async ({ sessionID }, { system }) => {
        if (sessionID === undefined || isSideRequest(system)) return;
        if (!(await this.#settings.read()).visualPlan || (await this.#isChild(sessionID))) return;
        system.push(PLAN_FIRST);
      },
      dispose: async () => {
        clearTimeout(this.#firstLook);
        this.#plans.close();
      },
    };
  }

  /** Never rejects. */
  async #answer(name: CommandName, argumentText: string, tellUser?: (text: string) => Promise<void>): Promise<string> {
    try {
      const [{ answerCommand }, context] = await Promise.all([
        import("../commands/answer-command.ts"),
        this.#commandContext(tellUser),
      ]);
      const answer = await answerCommand(context, name, argumentText);
      const hint = name === "bizar" && tellUser === undefined ? this.#parts.screenHint() : undefined;
      return hint === undefined ? answer : `${answer}\n\n${hint}`;
    } catch (error) {
      return `/${name} could not be loaded: ${describeError(error)}`;
    }
  }

  async ask(ask: CommandAsk): Promise<Answer> {
    const [{ answerAsk }, context] = await Promise.all([
      import("../commands/terminal-asks.ts"),
      this.#commandContext(undefined),
    ]);
    return await answerAsk(context, ask);
  }

  async #commandContext(tellUser: CommandContext["tellUser"]): Promise<CommandContext> {
    const plans = await this.#plans.get();
    const { fleet, options } = this.#parts;
    return {
      ...{ plans, settings: this.#settings, fleet, tellUser },
      killGraceMs: options.killGraceMs,
      applyChanges: options.applyChanges,
      whoseAct: plans.whoseAct,
      endsSoon: this.#isRun,
    };
  }

  /** A server may be asked by an `opencode run --attach`, which is another process. */
  async #isOfRun(sessionId: string): Promise<boolean> {
    if (this.#startedAs !== "server") return this.#isRun;
    return await this.#parts.host.isOfRun(sessionId).catch(() => false);
  }

  /** A native subagent's session belongs to the agent that began it. */
  async #isChild(sessionId: string): Promise<boolean> {
    return (await this.#families.parentOf(sessionId)) !== undefined;
  }

  async #say(sessionId: string, text: (act: Act) => string): Promise<void> {
    const said = text((await this.#plans.get()).whoseAct());
    // Nobody reads the session of a run while it goes on; its stderr they do.
    if (this.#isRun) process.stderr.write(`bizar: ${said}\n`);
    else await this.#parts.host.show(sessionId, said, ownMetadata({ call: "review" }));
  }

  /** Looks for the reviews that others have left open, where there are plans at all. Never rejects. */
  async #lookOnce(): Promise<void> {
    const { report } = this.#parts.diagnostics;
    await (this.#known ??= this.#look().catch((error: unknown) =>
      report("Open reviews could not be looked for.", error),
    ));
  }

  async #look(): Promise<void> {
    const slugs = await planSlugs(worktreeOf(this.#parts.input));
    if (slugs.length === 0 && !(await this.#hasOpenChanges())) return;
    const { announcers, plans } = await this.#plans.get();
    if (announcers === undefined) await noteOpenReviews(plans, this.#reviews);
    else await announcers.followAll();
  }

  /** What is told of them is told by one that lives on. */
  async #hasOpenChanges(): Promise<boolean> {
    if (this.#isRun) return false;
    const { workspace } = await this.#parts.fleet();
    return (await workspace.reviews.underReview()).length > 0;
  }

  /** A background agent's review holds for the session that spawned it, too. */
  async #sessionsOf({ sessionId, instanceId }: Asker): Promise<readonly string[]> {
    const agent = instanceId === undefined ? undefined : await this.#askingAgent(instanceId).catch(() => undefined);
    return agent === undefined ? [sessionId] : [sessionId, agent.parentSessionId];
  }

  async #askingAgent(instanceId: string): Promise<AskingAgent | undefined> {
    const { catalog } = await this.#parts.fleet();
    const record = (await catalog.find(instanceId))?.record;
    if (record === undefined) return undefined;
    const { agent, parent, endedAt } = record;
    return { instanceId, agent, parentSessionId: parent.sessionId, hasEnded: endedAt !== null };
  }
}
