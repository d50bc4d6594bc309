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
  /** Why nobody may decide on a plan from here, where that is so. */
  readonly mayNotDecide: string | undefined;
}
