import type { AgentAtWork, Plans } from "../../plans/plan-store-port.ts";
import type { Asker } from "../../plans/plan.ts";
import type { Act } from "../../processes/whose-act.ts";
import type { UnreadMessages } from "../unread-messages.ts";
import type { OpenReviews } from "./open-reviews.ts";
import type { SeenPlans } from "./seen-plans.ts";

/** What became of showing a plan. */
export interface ShownPlan {
  /** For the user's eyes only: whoever opens it is taken for the user. */
  readonly url: string;
  readonly openedBrowser: boolean;
  /** Why no browser was opened. */
  readonly why?: string;
}

/** What the tools and commands on plans work with. */
export interface PlanServices {
  readonly plans: Plans;
  /** Shows a plan, by its slug, or an agent's changes, by its id. Rejects when it cannot be shown. */
  readonly show: (name: string) => Promise<ShownPlan>;
  /** Tells the user that it waits for them, and where. Never rejects. */
  readonly callUser: (sessionId: string, name: string, shown: ShownPlan | Error) => Promise<void>;
  /** Whose a command of this opencode is. */
  readonly whoseAct: () => Act;
  readonly seen: SeenPlans;
  readonly reviews: OpenReviews;
  /** As far as they are of what agents have changed. */
  readonly changeReviews: OpenReviews;
  /** Who works on a plan; absent where nobody knows. */
  readonly agents?: ((slug: string) => Promise<readonly AgentAtWork[]>) | undefined;
  /** What the user has written, and the model has not seen. */
  readonly unread: Pick<UnreadMessages, "has" | "whenWritten">;
  /** Who asks for a review, from a session of this process. */
  readonly asker: (sessionId: string) => Promise<Asker>;
  /** Aborted when the plugin is disposed of: opencode takes no answer any more, and aborts nothing itself. */
  readonly closing: AbortSignal;
  /** A review was asked for or decided here, or its wait has ended: what comes later is announced. */
  readonly follow: (name: string) => void;
}
