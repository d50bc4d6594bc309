import type { Connection, PlanElement } from "../plan.ts";

/** What a new plan starts with. */
export interface Template {
  /** What it is for, for a list of templates. */
  readonly description: string;
  readonly elements: readonly PlanElement[];
  readonly connections: readonly Connection[];
}
