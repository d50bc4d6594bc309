import { feedbackSince, type Feedback } from "../../plans/feedback.ts";
import type { Plans, Result, StoredPlan } from "../../plans/plan-store-port.ts";
import type { Asker } from "../../plans/plan.ts";
import { isOver, toldUntil } from "../../plans/review.ts";
import type { Clock, Timer } from "../../supervisor/ports.ts";
import { lastChoice, tellChoice } from "../../opencode/last-choice.ts";
import { reachBackTo } from "../../opencode/message-pages.ts";
import type { HostClient } from "../host-client.ts";
import { feedbackText, type EndedAsker } from "./feedback-text.ts";
import type { OpenReviews } from "./open-reviews.ts";
import { namingFeedback, tellsFeedback } from "./told-feedback.ts";

/** What is known of the background agent that asked for a review. */
export interface AskingAgent extends EndedAsker {
  /** The session that spawned it. */
  readonly parentSessionId: string;
  readonly hasEnded: boolean;
}

export interface FeedbackAnnouncerParts {
  readonly plans: Plans;
  readonly clock: Clock;
  readonly host: Pick<HostClient, "messages" | "put">;
  readonly reviews: OpenReviews;
  /** What the host's events say of a session. */
  readonly sessions: {
    isBusy(sessionId: string): boolean;
    /** Whether it did anything in this process: others leave it to the one in which it did. */
    isActive(sessionId: string): boolean;
  };
  /** `undefined` where nothing is known of it any more. */
  readonly agent: (instanceId: string) => Promise<AskingAgent | undefined>;
  readonly report: (message: string, cause: unknown) => void;
}

/** Comments and edits come one after the other: they are told when the user has been quiet for so long. */
const QUIET_MS = 3000;
/** The process in which the session is at work tells first. */
const FOREIGN_MS = 5000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

interface Followed {
  readonly watch: { close(): void };
  timer: Timer | null;
  /** The moment of the latest of what is untold. */
  until: string;
  isTelling: boolean;
  /** Something has changed meanwhile, or what held it back is over. */
  mustLook: boolean;
  retryMs: number;
}

/** Whom to tell. */
interface Addressee {
  readonly sessionId: string;
  readonly asker: EndedAsker | undefined;
}

/**
 * Tells the session that asked for a review what the user did when no tool waited for it any more: at most once, by
 * whichever process is first, and never while the session is busy. Only plans under review are watched.
 */
export class FeedbackAnnouncer {
  readonly #parts: FeedbackAnnouncerParts;
  readonly #followed = new Map<string, Followed>();
  #isClosed = false;

  constructor(parts: FeedbackAnnouncerParts) {
    this.#parts = parts;
  }

  /**
   * Follows every plan that is under review: of this process, of earlier ones, of background agents. Settles when the
   * open ones are known. Never rejects.
   */
  async followAll(): Promise<void> {
    const all = await this.#parts.plans.list();
    if (!all.ok) return;
    const underReview = all.value.filter(({ review }) => review === "open" || review === "decided");
    await Promise.all(underReview.map(async ({ slug }) => await this.follow(slug)));
  }

  /** A plan's review has changed, or what held back its telling is over. Never rejects. */
  async follow(slug: string): Promise<void> {
    if (this.#isClosed) return;
    if (!this.#followed.has(slug)) {
      const watch = this.#parts.plans.watch(slug, (now) => void this.#changed(slug, now));
      this.#followed.set(slug, {
        watch,
        timer: null,
        until: "",
        isTelling: false,
        mustLook: false,
        retryMs: FIRST_RETRY_MS,
      });
    }
    await this.#look(slug);
  }

  /** A session has become idle: what was held back for it may be told. */
  idle(): void {
    for (const slug of this.#followed.keys()) void this.#look(slug);
  }

  close(): void {
    this.#isClosed = true;
    for (const slug of this.#followed.keys()) this.#leave(slug);
  }

  #leave(slug: string): void {
    const followed = this.#followed.get(slug);
    followed?.timer?.clear();
    followed?.watch.close();
    this.#followed.delete(slug);
    this.#parts.reviews.closed(slug);
  }

  async #look(slug: string): Promise<void> {
    await this.#changed(slug, await this.#parts.plans.read(slug));
  }

  async #changed(slug: string, now: Result<StoredPlan>): Promise<void> {
    const followed = this.#followed.get(slug);
    if (followed === undefined) return;
    if (!now.ok) {
      // Any other problem may be mended.
      if (now.problem.reason === "not_found" || now.problem.reason === "bad_slug") this.#leave(slug);
      return;
    }
    const { meta } = now.value;
    const { askedBy, state } = meta.review;
    const from = toldUntil(meta);
    if (askedBy === undefined || from === undefined || isOver(meta)) {
      // What is being told may not get through, and is to be told again then.
      if (!followed.isTelling) this.#leave(slug);
      return;
    }
    if (state === "open") await this.#noteOpen(slug, askedBy);
    else this.#parts.reviews.closed(slug);
    const feedback = feedbackSince(now.value, from);
    if (feedback.status === "none") return;
    const foreignMs = await this.#foreignDelay(askedBy);
    if (this.#followed.get(slug) !== followed) return;
    if (followed.isTelling) {
      followed.mustLook = true;
      return;
    }
    if (feedback.until !== followed.until) {
      followed.until = feedback.until;
      followed.timer?.clear();
      followed.timer = null;
    }
    this.#schedule(slug, followed, delayOf(feedback) + foreignMs);
  }

  async #noteOpen(slug: string, askedBy: Asker): Promise<void> {
    this.#parts.reviews.opened(askedBy.sessionId, slug);
    if (askedBy.instanceId === undefined) return;
    const agent = await this.#parts.agent(askedBy.instanceId).catch(() => undefined);
    if (agent !== undefined) this.#parts.reviews.opened(agent.parentSessionId, slug);
  }

  /** Of an agent's review its parent's session is told. */
  async #foreignDelay({ sessionId, instanceId }: Asker): Promise<number> {
    const agent = instanceId === undefined ? undefined : await this.#parts.agent(instanceId).catch(() => undefined);
    return this.#parts.sessions.isActive(agent?.parentSessionId ?? sessionId) ? 0 : FOREIGN_MS;
  }

  #schedule(slug: string, followed: Followed, delayMs: number): void {
    if (followed.timer !== null || this.#isClosed) return;
    followed.timer = this.#parts.clock.after(delayMs, () => {
      followed.timer = null;
      void this.#tell(slug, followed);
    });
  }

  async #tell(slug: string, followed: Followed): Promise<void> {
    if (followed.isTelling || this.#isClosed) return;
    followed.isTelling = true;
    let isAgain = false;
    try {
      isAgain = (await this.#tellNow(slug)) === "again";
      followed.retryMs = FIRST_RETRY_MS;
    } catch (error) {
      this.#parts.report(`What the user did to the plan "${slug}" could not be told; it is tried again.`, error);
      this.#schedule(slug, followed, followed.retryMs);
      followed.retryMs = Math.min(followed.retryMs * 2, LONGEST_RETRY_MS);
    } finally {
      followed.isTelling = false;
    }
    const { mustLook } = followed;
    followed.mustLook = false;
    if (isAgain || mustLook) await this.#look(slug);
  }

  /** `again`: what is told has changed, or is nothing. `held`: something will call when it can be told. */
  async #tellNow(slug: string): Promise<"again" | "held"> {
    const { plans, reviews, host, sessions } = this.#parts;
    const now = await plans.read(slug);
    const from = now.ok ? toldUntil(now.value.meta) : undefined;
    const askedBy = now.ok ? now.value.meta.review.askedBy : undefined;
    if (!now.ok || from === undefined || askedBy === undefined) return "again";
    const isWaited = () => reviews.isWaited(askedBy.sessionId, slug);
    if (isWaited()) return "held";
    const feedback = feedbackSince(now.value, from);
    if (feedback.status === "none") return "again";
    const to = await this.#addressee(askedBy);
    if (to === undefined || sessions.isBusy(to.sessionId)) return "held";
    const told = Date.parse(feedback.until);
    const messages = await host.messages(to.sessionId, (newest) => tellChoice(newest) && reachBackTo(told, newest));
    if (messages === undefined) {
      // Of another database, or deleted: whoever has it may tell it.
      this.#leave(slug);
      return "held";
    }
    const isTold = messages.some(({ parts }) =>
      parts.some(
        (part) =>
          tellsFeedback(part.metadata, slug, feedback.until) ||
          tellsFeedback(part.state?.metadata, slug, feedback.until),
      ),
    );
    // The session may have begun to work, or a tool to wait, while the host gave its messages.
    if (!isTold && (sessions.isBusy(to.sessionId) || isWaited() || this.#isClosed)) return "held";
    const claimed = await plans.tellOnce(slug, from, feedback.until);
    if (!claimed.ok) throw new Error(claimed.problem.message);
    if (isTold || !claimed.value) return "again";
    try {
      await host.put(to.sessionId, {
        text: feedbackText(now.value, feedback, to.asker),
        metadata: namingFeedback(slug, feedback.until),
        wake: sessions.isActive(to.sessionId),
        choice: lastChoice(messages),
      });
    } catch (error) {
      // Nobody has been told.
      await plans.tellOnce(slug, feedback.until, from);
      throw error;
    }
    return "again";
  }

  /** The session that asked; of an agent the one that spawned it, once the agent has ended: until then it may ask itself. */
  async #addressee({ sessionId, instanceId }: Asker): Promise<Addressee | undefined> {
    if (instanceId === undefined) return { sessionId, asker: undefined };
    const agent = await this.#parts.agent(instanceId);
    if (agent === undefined || !agent.hasEnded) return undefined;
    return { sessionId: agent.parentSessionId, asker: agent };
  }
}

function delayOf({ status }: Feedback): number {
  return status === "feedback_received" ? QUIET_MS : 0;
}
