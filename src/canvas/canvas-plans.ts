import type { Plans } from "../plans/plan-store-port.ts";

/** What the canvas needs of the plans: a person who looks at one neither makes nor deletes any. */
export type CanvasPlans = Pick<Plans, "folder" | "read" | "history" | "edit" | "finishReview" | "watch">;
