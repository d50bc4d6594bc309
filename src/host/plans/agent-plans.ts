import { notifyCommand } from "../notify-command.ts";
import { UnreadMessages } from "../unread-messages.ts";
import type { Hooks, PluginInput, PluginOptions } from "../../opencode/plugin-api.ts";
import { describeError } from "../../lib/describe-error.ts";
import { offeredTools } from "../offered-tools.ts";
import { noteOpenReviews } from "./note-open-reviews.ts";
import { planSlugs } from "./plan-slugs.ts";
import { gate, type PlanGateParts } from "./plan-gate.ts";
import { refusePlanFiles } from "./plan-files.ts";
import { OpenReviews } from "./open-reviews.ts";
import { ReadingShell } from "../shell/reading-shell.ts";
import { SessionFamilies } from "./session-families.ts";
import { planToolHooks } from "../tools/plan-tools.ts";
import type { Asker } from "../../plans/plan.ts";
import { PlanSettingsFile } from "../../store/plan-settings.ts";
import { isAnything, isText, shape } from "../../lib/shape.ts";
import type { Lazy } from "../../lib/lazy.ts";
import { holdsOf, lazyPlans } from "./lazy-plans.ts";
import type { PlanSide } from "./start-plans.ts";
import { isOwn } from "../../opencode/own-metadata.ts";
import { worktreeOf } from "../../opencode/worktree-of.ts";

const isSubagents = shape({ parentID: isText, metadata: isAnything });

export interface AgentPlansParts {
  /** The folder whose plans they are, where that is not the agent's own. */
  readonly plansRoot?: string | undefined;
  readonly input: PluginInput;
  readonly options: PluginOptions | undefined;
  /** The supervisor's. */
  readonly stateDir: string;
  /** The background agent of a session, where it is one's own. */
  readonly instanceOf: (sessionId: string) => Promise<string | undefined>;
  /** A line for the agent's log. */
  readonly report: (message: string) => void;
}

/** Plans inside a background agent: the tools, and the gate. It loads no library before the first call. */
export function agentPlans({ plansRoot, input, options, stateDir, instanceOf, report }: AgentPlansParts): Hooks {
  const worktree = plansRoot ?? worktreeOf(input);
  const reviews = new OpenReviews();
  const command = options?.["notifyCommand"];
  const plans = lazyPlans({
    worktree,
    stateDir,
    // Whatever else the option is, it means the default, as for the supervisor.
    openBrowser: options?.["planOpenBrowser"] === "never" ? "never" : "auto",
    reviews,
    // The user writes to whoever asked for the agent.
    unread: new UnreadMessages(),
    instanceOf,
    // Nobody looks at an agent's session, and its log must not hold the link: the agent could read it.
    say: async () => undefined,
    notify: notifyCommand({
      command: typeof command === "string" && command !== "" ? command : null,
      ...{ directory: worktree, environment: process.env, report },
    }),
    report,
  });
  const families = new SessionFamilies(
    async (id) => parentOf((await input.client.session.get({ path: { id } })).data),
    (message, error) => report(`${message} ${describeError(error)}`),
  );
  const settings = new PlanSettingsFile(stateDir, report);
  const shell = new ReadingShell();
  let looked: Promise<void> | undefined;
  /** An earlier turn of the agent, which another process ran, may have asked for a review. */
  const known = async () =>
    await (looked ??= noteThose(plans, reviews, worktree).catch((error: unknown) =>
      report(`Open reviews could not be looked for: ${describeError(error)}`),
    ));
  const gated: PlanGateParts = {
    ...{ families, sessionsOf },
    holds: async () => await holdsOf(plans, known),
    allowReading: shell.allow.bind(shell),
  };
  return {
    ...planToolHooks(async () => await plans.get()),
    ...offeredTools({
      supervisorAgents: [],
      wantsPlans: async (id) => (await settings.read()).visualPlan || reviews.of(id).length > 0,
      slugs: async () => await planSlugs(worktree),
    }),
    async dispose() {
      plans.close();
    },
    ...shell.hooks,
    "tool.execute.before": async ({ tool, sessionID, callID }, { args }) => {
      // What lies in the place of a plan in a copy would be left there.
      for (const root of new Set([worktree, worktreeOf(input)])) {
        refusePlanFiles(tool, args, { directory: input.directory, worktree: root, stateDir });
      }
      if (options?.["planGate"] !== "enforce") return;
      await gate(gated, { tool, sessionId: sessionID, callId: callID, args });
    },
  };
}

/** Who spawned the agent is held by its own process. */
async function sessionsOf({ sessionId }: Asker): Promise<readonly string[]> {
  return [sessionId];
}

/** The session whose native subagent a session is. A warm agent's own is below its caller's, but not of its family. */
function parentOf(session: unknown): string | undefined {
  return isSubagents(session) && !isOwn(session.metadata) ? session.parentID : undefined;
}

async function noteThose(plans: Lazy<PlanSide>, reviews: OpenReviews, worktree: string): Promise<void> {
  if ((await planSlugs(worktree)).length > 0) await noteOpenReviews((await plans.get()).plans, reviews);
}
