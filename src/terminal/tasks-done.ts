import { join } from "node:path";
import type { PlanTask } from "../supervisor/instance.ts";

/** How far the tasks of a plan have come. */
export interface TasksDone {
  readonly title: string;
  readonly done: number;
  readonly tasks: number;
}

/** Where a plan lies. */
export type PlanPlace = Pick<PlanTask, "folder" | "slug">;

export function planKey({ folder, slug }: PlanPlace): string {
  return join(folder, slug);
}
