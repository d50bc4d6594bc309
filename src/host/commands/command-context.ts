import type { PlanServices } from "../plans/plan-services.ts";
import type { Act } from "../../processes/whose-act.ts";
import type { Fleet } from "../../fleet/fleet.ts";

/** What the commands work with. */
export interface CommandContext {
  readonly plans: PlanServices;
  readonly settings: {
    readonly path: string;
    read(): Promise<{ readonly visualPlan: boolean }>;
    change(fields: { readonly visualPlan: boolean }): Promise<void>;
  };
  /** Settles with what runs the agents; it may still have to be loaded. */
  readonly fleet: () => Promise<Fleet>;
  readonly killGraceMs: number;
  /** Who brings agents' changes back. */
  readonly applyChanges: "agent" | "user";
  /** Whose a command of this opencode is. */
  readonly whoseAct: () => Act;
  /** This opencode ends as soon as it has answered, and every page with it. */
  readonly endsSoon: boolean;
  /** Shows the user what no model may read; absent where no model reads the answer. */
  readonly tellUser: ((text: string) => Promise<void>) | undefined;
}
