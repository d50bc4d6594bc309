import type { StoredPlan } from "./plan-store-port.ts";
import type { Decision, EditEntry, PlanComment, PlanStatus } from "./plan.ts";

/** What a person has done to a plan after a moment. */
export interface Feedback {
  readonly status: Decision | "feedback_received" | "none";
  readonly planStatus: PlanStatus;
  readonly note?: string;
  /** Comments of a person, and comments with a person's reply, that are new since; oldest first. */
  readonly newComments: readonly PlanComment[];
  /** A person's edits, one entry an element or connection, oldest first. */
  readonly edits: readonly EditEntry[];
  /** ISO 8601: the moment of the latest of it all, or `since` where there is none. */
  readonly until: string;
}

/**
 * What a person did after `since`.
 *
 * @param since ISO 8601
 */
export declare function feedbackSince(stored: StoredPlan, since: string): Feedback;
