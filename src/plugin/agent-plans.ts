import type { Hooks, PluginInput, PluginOptions } from "@opencode-ai/plugin";
import { gate } from "../host/plans/plan-gate.ts";
import { refusePlanFiles } from "../host/plans/plan-files.ts";
import { OpenReviews } from "../host/plans/open-reviews.ts";
import { planToolHooks } from "../host/tools/plan-tools.ts";
import { LatePlans } from "./late-plans.ts";
import { worktreeOf } from "./loop-guard.ts";

export interface AgentPlansParts {
  readonly input: PluginInput;
  readonly options: PluginOptions | undefined;
  /** The background agent of a session, where it is one's own. */
  readonly instanceOf: (sessionId: string) => Promise<string | undefined>;
  /** A line for the agent's log. */
  readonly report: (message: string) => void;
}

/** Plans inside a background agent: the tools, and the gate. It loads no library before the first call. */
export function agentPlans({ input, options, instanceOf, report }: AgentPlansParts): Hooks {
  const reviews = new OpenReviews();
  const plans = new LatePlans({
    worktree: worktreeOf(input),
    // Whatever else the option is, it means the default, as for the supervisor.
    openBrowser: options?.["planOpenBrowser"] === "never" ? "never" : "auto",
    reviews,
    instanceOf,
    // Nobody looks at an agent's session, and its log must not hold the link: the agent could read it.
    say: async () => undefined,
    report,
  });
  return {
    ...planToolHooks(async () => await plans.desk()),
    async dispose() {
      plans.close();
    },
    "tool.execute.before": async ({ tool, sessionID }, { args }) => {
      refusePlanFiles(tool, args, input.directory, worktreeOf(input));
      if (options?.["planGate"] !== "enforce" || reviews.isEmpty) return;
      await gate(
        { reviews, known: async () => undefined, isOpen: async (slug) => await isOpen(plans, slug) },
        tool,
        sessionID,
        args,
      );
    },
  };
}

/** Whether a plan is up for review now; one that cannot be read now is. */
export async function isOpen(plans: LatePlans, slug: string): Promise<boolean> {
  const found = await (await plans.desk()).plans.read(slug);
  return found.ok ? found.value.meta.review.state === "open" : found.problem.reason !== "not_found";
}
