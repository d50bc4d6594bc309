import type { Announcement, Instance } from "../../supervisor/instance.ts";
import type { Clock, EndNotifier, Timer } from "../../supervisor/ports.ts";
import { announcementText } from "./announcement-text.ts";
import { ParentActivity } from "./parent-activity.ts";

/** What became of a message to a session. */
export type Delivery = "delivered" | "session_gone";

export interface AnnouncerParts {
  readonly clock: Clock;
  /**
   * Takes the announcement of an end for this host alone; `undefined` when it is settled, or somebody else has it.
   * `settle` writes down what became of it, `release` gives it back.
   */
  readonly claim: (instanceId: string) => Promise<ClaimedAnnouncement | undefined>;
  /** Puts a message into a session. Rejects when the host does not take it now. */
  readonly deliver: (sessionId: string, text: string, ends: readonly ToldEnd[], wake: boolean) => Promise<Delivery>;
  /** The ends that a session's messages tell of already. */
  readonly alreadyTold: (sessionId: string) => Promise<readonly ToldEnd[]>;
  readonly report: (message: string, cause: unknown) => void;
}

export interface ClaimedAnnouncement {
  readonly instance: Instance;
  readonly settle: (state: Exclude<Announcement["state"], "pending">) => Promise<void>;
  readonly release: () => Promise<void>;
}

/** The end of one turn, as a message's metadata names it. */
export interface ToldEnd {
  readonly instanceId: string;
  /** The number of the turn, from 1. */
  readonly turn: number;
}

/** Ends within this time of each other are one message. */
const BATCH_MS = 200;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** The ends that one session has to be told of. */
interface Parent {
  readonly instanceIds: Set<string>;
  timer: Timer | null;
  retryMs: number;
  /** Some were left by an earlier host: its last message may have got through. */
  mayBeTold: boolean;
}

/**
 * Tells parent sessions that their agents have ended: once, together where several end at once, and only while the
 * session is idle and nobody waits for the agent in a collect.
 */
export class Announcer implements EndNotifier {
  readonly #parts: AnnouncerParts;
  readonly #parents = new Map<string, Parent>();
  readonly #collected = new Map<string, number>();
  readonly activity: ParentActivity;
  #isClosed = false;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
    this.activity = new ParentActivity({
      idle: (sessionId) => this.#schedule(sessionId, BATCH_MS),
      told: (instanceId) => void this.#told(instanceId),
    });
  }

  ended(instance: Instance): void {
    this.#add(instance, false);
  }

  /** Ends that an earlier host left untold. */
  leftBehind(instance: Instance): void {
    this.#add(instance, true);
  }

  /** Somebody waits for these agents: their ends are told by the answer. Returns what ends the wait. */
  collecting(instanceIds: readonly string[]): () => void {
    for (const id of instanceIds) this.#collected.set(id, (this.#collected.get(id) ?? 0) + 1);
    return () => {
      for (const id of instanceIds) {
        const left = (this.#collected.get(id) ?? 1) - 1;
        if (left > 0) this.#collected.set(id, left);
        else this.#collected.delete(id);
      }
      for (const sessionId of this.#parents.keys()) this.#schedule(sessionId, BATCH_MS);
    };
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#parents.values()) timer?.clear();
    this.#parents.clear();
  }

  #add({ instanceId, announcement, parent: { sessionId } }: Instance, mayBeTold: boolean): void {
    if (announcement?.state !== "pending" || this.#isClosed) return;
    const parent = this.#parents.get(sessionId) ?? {
      instanceIds: new Set<string>(),
      timer: null,
      retryMs: FIRST_RETRY_MS,
      mayBeTold,
    };
    parent.instanceIds.add(instanceId);
    parent.mayBeTold ||= mayBeTold;
    this.#parents.set(sessionId, parent);
    this.#schedule(sessionId, BATCH_MS);
  }

  #schedule(sessionId: string, delayMs: number): void {
    const parent = this.#parents.get(sessionId);
    if (parent === undefined || parent.timer !== null || this.#isClosed) return;
    parent.timer = this.#parts.clock.after(delayMs, () => {
      parent.timer = null;
      void this.#announce(sessionId, parent);
    });
  }

  async #announce(sessionId: string, parent: Parent): Promise<void> {
    // The session's next idle event, or the end of a collect, comes back here.
    if (this.activity.isBusy(sessionId)) return;
    const ids = [...parent.instanceIds].filter((id) => !this.#collected.has(id));
    const claims: ClaimedAnnouncement[] = [];
    try {
      for (const id of ids) {
        const claim = await this.#parts.claim(id);
        if (claim === undefined) parent.instanceIds.delete(id);
        else claims.push(claim);
      }
      await this.#deliver(sessionId, parent, claims);
      for (const { instance } of claims) parent.instanceIds.delete(instance.instanceId);
      parent.retryMs = FIRST_RETRY_MS;
      if (parent.instanceIds.size === 0) this.#parents.delete(sessionId);
    } catch (error) {
      this.#parts.report(`Session ${sessionId} could not be told that its agents ended; it is tried again.`, error);
      this.#schedule(sessionId, parent.retryMs);
      parent.retryMs = Math.min(parent.retryMs * 2, LONGEST_RETRY_MS);
    } finally {
      for (const claim of claims) await claim.release();
    }
  }

  async #deliver(sessionId: string, parent: Parent, claims: readonly ClaimedAnnouncement[]): Promise<void> {
    const told = parent.mayBeTold && claims.length > 0 ? await this.#parts.alreadyTold(sessionId) : [];
    const isTold = ({ instance }: ClaimedAnnouncement) =>
      told.some((end) => end.instanceId === instance.instanceId && end.turn === instance.announcement?.turn);
    for (const claim of claims) if (isTold(claim)) await claim.settle("announced");
    const untold = claims.filter((claim) => !isTold(claim));
    // A prompt of the user may have come while the claims were taken: then the next idle time will do.
    if (untold.length === 0 || this.#isClosed) return;
    const instances = untold.map(({ instance }) => instance);
    const ends = instances.map(({ instanceId, announcement }) => ({ instanceId, turn: announcement?.turn ?? 1 }));
    const wake = instances.some(({ announcement }) => announcement?.mode === "wake");
    const delivery = await this.#parts.deliver(sessionId, announcementText(instances), ends, wake);
    for (const claim of untold) await claim.settle(delivery === "delivered" ? "announced" : "dropped");
  }

  async #told(instanceId: string): Promise<void> {
    for (const parent of this.#parents.values()) parent.instanceIds.delete(instanceId);
    try {
      const claim = await this.#parts.claim(instanceId);
      await claim?.settle("told");
      await claim?.release();
    } catch (error) {
      this.#parts.report(`It could not be written down that the end of ${instanceId} was told.`, error);
    }
  }
}
