import type { PlanDesk } from "../plans/plan-desk.ts";
import type { ToolSupervision } from "../tools/tool-parts.ts";

/** What the commands work with. */
export interface CommandContext {
  readonly plans: PlanDesk;
  readonly settings: {
    readonly path: string;
    read(): Promise<{ readonly visualPlan: boolean }>;
    change(fields: { readonly visualPlan: boolean }): Promise<void>;
  };
  /** Settles with what runs the agents; it may still have to be loaded. */
  readonly supervision: () => Promise<ToolSupervision>;
  readonly killGraceMs: number;
  /** That an agent started this opencode, in a sentence, where that is so: what only the user may do is not done. */
  readonly startedByAgent: string | undefined;
  /** This opencode ends as soon as it has answered, and every page with it. */
  readonly endsSoon: boolean;
  /** Shows the user what no model may read; absent where no model reads the answer. */
  readonly tellUser: ((text: string) => Promise<void>) | undefined;
}
