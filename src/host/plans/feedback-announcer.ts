import type { Asker } from "../../plans/plan.ts";
import type { Clock } from "../../lib/clock.ts";
import { openSession } from "../../fleet/telling/open-session.ts";
import { Outbox, type Attempt } from "../../fleet/telling/outbox.ts";
import type { HostClient } from "../../opencode/host-client.ts";
import type { EndedAsker } from "./feedback-text.ts";
import type { OpenReviews } from "./open-reviews.ts";
import type { ReviewSubjects } from "./review-subjects.ts";
import { ownMetadata, tellsFeedback } from "../../opencode/own-metadata.ts";

/** What is known of the background agent that asked for a review. */
export interface AskingAgent extends EndedAsker {
  /** The session that spawned it. */
  readonly parentSessionId: string;
  readonly hasEnded: boolean;
}

export interface FeedbackAnnouncerParts {
  readonly subjects: ReviewSubjects;
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

/** Something under review, and what is known of it. */
interface Followed {
  readonly watch: { close(): void };
  /** The moment of the latest of what is untold. */
  until: string;
}

/** Whom to tell. */
interface Addressee {
  readonly sessionId: string;
  readonly asker: EndedAsker | undefined;
}

/**
 * Tells the session that asked for a review what the user did when no tool waited for it any more: at most once, by
 * whichever process is first, and never while the session is busy. Only what is under review is watched.
 */
export class FeedbackAnnouncer {
  readonly #parts: FeedbackAnnouncerParts;
  readonly #followed = new Map<string, Followed>();
  readonly #outbox: Outbox;
  #isClosed = false;

  constructor(parts: FeedbackAnnouncerParts) {
    this.#parts = parts;
    const { clock, subjects, report } = parts;
    this.#outbox = new Outbox({
      clock,
      tell: async (name) => ({ isTold: false, next: await this.#tell(name) }),
      over: (name) => void this.#look(name),
      failed: (name, error) =>
        report(`What the user did to the ${subjects.kind} "${name}" could not be told; it is tried again.`, error),
    });
  }

  /**
   * Follows everything that is under review: of this process, of earlier ones, of background agents. Settles when the
   * open ones are known. Never rejects.
   */
  async followAll(): Promise<void> {
    const underReview = await this.#parts.subjects.underReview().catch(() => []);
    await Promise.all(underReview.map(async (name) => await this.follow(name)));
  }

  /** A review has changed, or what held back its telling is over. Never rejects. */
  async follow(name: string): Promise<void> {
    if (this.#isClosed) return;
    if (!this.#followed.has(name)) {
      const watch = this.#parts.subjects.watch(name, () => void this.#look(name));
      this.#followed.set(name, { watch, until: "" });
    }
    await this.#look(name);
  }

  /** A session has become idle: what was held back for it may be told. */
  idle(): void {
    for (const name of this.#followed.keys()) void this.#look(name);
  }

  close(): void {
    this.#isClosed = true;
    this.#outbox.close();
    for (const name of this.#followed.keys()) this.#leave(name);
  }

  #leave(name: string): void {
    const followed = this.#followed.get(name);
    followed?.watch.close();
    this.#outbox.drop(name);
    this.#followed.delete(name);
    this.#parts.reviews.closed(name);
  }

  async #look(name: string): Promise<void> {
    const now = await this.#parts.subjects.read(name).catch(() => "unreadable" as const);
    const followed = this.#followed.get(name);
    // What cannot be read may be mended.
    if (followed === undefined || now === "unreadable") return;
    if (now === "gone") {
      this.#leave(name);
      return;
    }
    const { askedBy, isOpen, isOver, toldUntil, news } = now;
    if (askedBy === undefined || toldUntil === undefined || isOver) {
      // What is being told may not get through, and is to be told again then.
      if (!this.#outbox.isTelling(name)) this.#leave(name);
      return;
    }
    if (isOpen) await this.#noteOpen(name, askedBy);
    else this.#parts.reviews.closed(name);
    if (news === undefined) return;
    const foreignMs = await this.#foreignDelay(askedBy);
    if (this.#followed.get(name) !== followed) return;
    if (news.until !== followed.until) {
      followed.until = news.until;
      this.#outbox.putOff(name);
    }
    this.#outbox.due(name, (news.isGoingOn ? QUIET_MS : 0) + foreignMs);
  }

  async #noteOpen(name: string, askedBy: Asker): Promise<void> {
    this.#parts.reviews.opened(askedBy.sessionId, name);
    if (askedBy.instanceId === undefined) return;
    const agent = await this.#parts.agent(askedBy.instanceId).catch(() => undefined);
    if (agent !== undefined) this.#parts.reviews.opened(agent.parentSessionId, name);
  }

  /** Of an agent's review its parent's session is told. */
  async #foreignDelay({ sessionId, instanceId }: Asker): Promise<number> {
    const agent = instanceId === undefined ? undefined : await this.#parts.agent(instanceId).catch(() => undefined);
    return this.#parts.sessions.isActive(agent?.parentSessionId ?? sessionId) ? 0 : FOREIGN_MS;
  }

  /** `over`: what is told has changed, or is nothing, so that it has to be looked at again. */
  async #tell(name: string): Promise<Attempt["next"]> {
    const { subjects, reviews, host, sessions } = this.#parts;
    const now = await subjects.read(name);
    if (typeof now === "string") return "over";
    const { askedBy, toldUntil: from, news } = now;
    if (from === undefined || askedBy === undefined) return "over";
    const isWaited = () => reviews.isWaited(askedBy.sessionId, name);
    if (isWaited()) return "held";
    if (news === undefined) return "over";
    const to = await this.#addressee(askedBy);
    if (to === undefined || sessions.isBusy(to.sessionId)) return "held";
    const session = await openSession(host, to.sessionId, Date.parse(news.until));
    if (session === undefined) {
      // Of another database, or deleted: whoever has it may tell it.
      this.#leave(name);
      return "held";
    }
    const isTold = [...session.said, ...session.answers].some((one) => tellsFeedback(one, name, news.until));
    // The session may have begun to work, or a tool to wait, while the host gave its messages.
    if (!isTold && (sessions.isBusy(to.sessionId) || isWaited() || this.#isClosed)) return "held";
    const isOurs = await subjects.tellOnce(name, from, news.until);
    if (isTold || !isOurs) return "over";
    try {
      const text = news.text(to.asker);
      const wake = sessions.isActive(to.sessionId);
      await session.put({ text, wake, metadata: ownMetadata({ plan: name, until: news.until }) });
    } catch (error) {
      // Nobody has been told.
      await subjects.tellOnce(name, news.until, from);
      throw error;
    }
    return "over";
  }

  /** The session that asked; of an agent the one that spawned it, once the agent has ended: until then it may ask itself. */
  async #addressee({ sessionId, instanceId }: Asker): Promise<Addressee | undefined> {
    if (instanceId === undefined) return { sessionId, asker: undefined };
    const agent = await this.#parts.agent(instanceId);
    if (agent === undefined || !agent.hasEnded) return undefined;
    return { sessionId: agent.parentSessionId, asker: agent };
  }
}
