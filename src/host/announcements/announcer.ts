import type { Announcement, Instance } from "../../supervisor/instance.ts";
import type { Clock, EndNotifier, Timer } from "../../supervisor/ports.ts";
import { announcementText } from "./announcement-text.ts";
import { ParentActivity } from "./parent-activity.ts";
import type { ParentSession } from "./parent-session.ts";
import { includesEnd, type End } from "./told-ends.ts";
import type { UserNotes } from "./user-notes.ts";

export interface AnnouncerParts {
  readonly clock: Clock;
  /**
   * Takes the announcement of an end for this host alone. `settled`: there is nothing to tell any more, or another host
   * does it; `later`: somebody has it just now, or the end is on its way to the disk.
   */
  readonly claim: (instanceId: string) => Promise<ClaimedAnnouncement | "settled" | "later">;
  /** Whether another agent of this session may end at any moment. */
  readonly othersRun: (sessionId: string) => boolean;
  /** Looks into a session, back to a moment. Rejects when the host does not answer now. */
  readonly open: (sessionId: string, since: number) => Promise<ParentSession>;
  /** Tells the user, who may have gone on in another session. */
  readonly user: Pick<UserNotes, "told" | "idle">;
  readonly report: (message: string, cause: unknown) => void;
}

/** What there is to know of an agent whose end has to be told. */
export type LeftEnd = Pick<Instance, "instanceId" | "announcement" | "parent">;

export interface ClaimedAnnouncement {
  readonly instance: Instance;
  readonly end: End;
  /** Writes down what became of it. */
  readonly settle: (state: Exclude<Announcement["state"], "pending">) => Promise<void>;
  /** It cannot be told here: from now on, a host that knows the session may have it. */
  readonly leave: () => void;
  /** Gives it back. */
  readonly release: () => Promise<void>;
}

/** Ends within this time of each other are one message. */
const BATCH_MS = 200;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** An end that a session has to be told of. */
interface Untold {
  /** An earlier host left it: the session may have gone on since, and is not woken. */
  isLeft: boolean;
  /** The turn whose end the answer of a tool has told. */
  answeredTurn: number | null;
}

interface Parent {
  readonly ends: Map<string, Untold>;
  timer: Timer | null;
  retryMs: number;
  isTelling: boolean;
}

/**
 * Tells parent sessions that their agents have ended: once, together where several end at once, and only while the
 * session is idle and nobody waits for the agent in a collect.
 */
export class Announcer implements EndNotifier {
  readonly #parts: AnnouncerParts;
  readonly #parents = new Map<string, Parent>();
  readonly #collected = new Map<string, number>();
  /** Sessions of ends that others left, and that this host does not know: its own data is not theirs. */
  readonly #foreign = new Set<string>();
  readonly activity: ParentActivity;
  #isClosed = false;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
    this.activity = new ParentActivity({
      idle: (sessionId) => {
        this.#schedule(sessionId, BATCH_MS);
        this.#parts.user.idle(sessionId);
      },
      told: (sessionId, ends) => {
        for (const end of ends) void this.#answered(sessionId, end);
      },
    });
  }

  ended(instance: Instance): void {
    this.#add(instance, false);
  }

  /**
   * An end that an earlier host left untold.
   *
   * @returns whether it can be told here: not where this host does not know the session
   */
  leftBehind(instance: LeftEnd): boolean {
    if (this.#foreign.has(instance.parent.sessionId)) return false;
    this.#add(instance, true);
    return true;
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

  #add({ instanceId, announcement, parent: { sessionId } }: LeftEnd, isLeft: boolean): void {
    if (announcement?.state !== "pending" || this.#isClosed) return;
    const parent = this.#parents.get(sessionId) ?? createParent();
    const known = parent.ends.get(instanceId);
    parent.ends.set(instanceId, {
      isLeft: isLeft && known?.isLeft !== false,
      answeredTurn: known?.answeredTurn ?? null,
    });
    this.#parents.set(sessionId, parent);
    // Where no other one can end within that time, there is nothing to wait for.
    this.#schedule(sessionId, this.#parts.othersRun(sessionId) ? BATCH_MS : 0);
  }

  #schedule(sessionId: string, delayMs: number): void {
    const parent = this.#parents.get(sessionId);
    if (parent === undefined || parent.timer !== null || this.#isClosed) return;
    parent.timer = this.#parts.clock.after(delayMs, () => {
      parent.timer = null;
      if (parent.isTelling) this.#schedule(sessionId, BATCH_MS);
      else void this.#announce(sessionId, parent);
    });
  }

  async #announce(sessionId: string, parent: Parent): Promise<void> {
    // The session's next idle event, or the end of a collect, comes back here.
    if (this.activity.isBusy(sessionId)) return;
    const claims: ClaimedAnnouncement[] = [];
    parent.isTelling = true;
    let isLater: boolean;
    try {
      isLater = await this.#claim(parent, claims);
      if (claims.length > 0) await this.#tell(sessionId, parent, claims);
      if (!isLater) parent.retryMs = FIRST_RETRY_MS;
    } catch (error) {
      this.#parts.report(`Session ${sessionId} could not be told that its agents ended; it is tried again.`, error);
      isLater = true;
    } finally {
      await this.#release(claims);
      parent.isTelling = false;
    }
    if (isLater) {
      this.#schedule(sessionId, parent.retryMs);
      parent.retryMs = Math.min(parent.retryMs * 2, LONGEST_RETRY_MS);
    } else if (parent.ends.size === 0 && parent.timer === null) {
      this.#parents.delete(sessionId);
    }
  }

  /** Whether some of the ends can only be told later. */
  async #claim(parent: Parent, claims: ClaimedAnnouncement[]): Promise<boolean> {
    let isLater = false;
    for (const id of [...parent.ends.keys()]) {
      if (this.#collected.has(id)) continue;
      const claim = await this.#parts.claim(id);
      if (claim === "later") isLater = true;
      else if (claim === "settled") parent.ends.delete(id);
      else claims.push(claim);
    }
    return isLater;
  }

  async #tell(sessionId: string, parent: Parent, claims: readonly ClaimedAnnouncement[]): Promise<void> {
    const session = await this.#parts.open(sessionId, Math.min(...claims.map(({ instance }) => endOf(instance))));
    const settle = async (told: readonly ClaimedAnnouncement[], state: Exclude<Announcement["state"], "pending">) => {
      for (const claim of told) {
        await claim.settle(state);
        parent.ends.delete(claim.end.instanceId);
      }
      this.#parts.user.told(sessionId, told);
    };
    const announced = claims.filter(({ end }) => includesEnd(session.announced, end));
    const answered = claims.filter(
      ({ end }) =>
        !includesEnd(session.announced, end) &&
        (includesEnd(session.answered, end) || parent.ends.get(end.instanceId)?.answeredTurn === end.turn),
    );
    const untold = claims.filter((claim) => !announced.includes(claim) && !answered.includes(claim));
    // A prompt of the user, or a collect, may have come in the meantime: then the next idle time will do.
    const isWanted = !this.#isClosed && !this.activity.isBusy(sessionId);
    const now = isWanted ? untold.filter(({ end }) => !this.#collected.has(end.instanceId)) : [];
    const delivery = now.length > 0 ? await session.deliver(...this.#message(parent, now)) : "delivered";
    if (delivery === "delivered") await settle(now, "announced");
    else await this.#unknown(sessionId, parent, now, settle);
    await settle(announced, "announced");
    await settle(answered, "told");
  }

  /** An end of this host's own has nobody left to hear of it; that of another one may be for a session of other data. */
  async #unknown(
    sessionId: string,
    parent: Parent,
    claims: readonly ClaimedAnnouncement[],
    settle: (told: readonly ClaimedAnnouncement[], state: "dropped") => Promise<void>,
  ): Promise<void> {
    const isLeft = ({ end }: ClaimedAnnouncement) => parent.ends.get(end.instanceId)?.isLeft === true;
    const left = claims.filter((claim) => isLeft(claim));
    if (left.length > 0) this.#foreign.add(sessionId);
    for (const { end, leave } of left) {
      parent.ends.delete(end.instanceId);
      leave();
    }
    await settle(
      claims.filter((claim) => !left.includes(claim)),
      "dropped",
    );
  }

  #message(parent: Parent, claims: readonly ClaimedAnnouncement[]): Parameters<ParentSession["deliver"]> {
    const isWaking = ({ instance: { announcement }, end }: ClaimedAnnouncement) =>
      announcement?.mode === "wake" && parent.ends.get(end.instanceId)?.isLeft !== true;
    const text = announcementText(claims.map(({ instance }) => instance));
    return [text, claims.map(({ end }) => end), claims.some((claim) => isWaking(claim))];
  }

  async #release(claims: readonly ClaimedAnnouncement[]): Promise<void> {
    for (const { release, end } of claims) {
      await release().catch((error: unknown) =>
        this.#parts.report(`The claim on ${end.instanceId} could not be given back.`, error),
      );
    }
  }

  /** The answer of a tool in this session told of an end; that of another session is nothing to its parent. */
  async #answered(sessionId: string, end: End): Promise<void> {
    const untold = this.#parents.get(sessionId)?.ends.get(end.instanceId);
    if (untold !== undefined) untold.answeredTurn = end.turn;
    try {
      const claim = await this.#parts.claim(end.instanceId);
      // What cannot be written now is found in the session's messages, when its turn comes.
      if (typeof claim === "string") return;
      try {
        if (claim.end.turn !== end.turn || claim.instance.parent.sessionId !== sessionId) return;
        await claim.settle("told");
        this.#parents.get(sessionId)?.ends.delete(end.instanceId);
        this.#parts.user.told(sessionId, [claim]);
      } finally {
        await claim.release();
      }
    } catch (error) {
      this.#parts.report(`It could not be written down that the end of ${end.instanceId} was told.`, error);
    }
  }
}

function createParent(): Parent {
  return { ends: new Map(), timer: null, retryMs: FIRST_RETRY_MS, isTelling: false };
}

function endOf({ state, createdAt }: Instance): number {
  return "endedAt" in state ? state.endedAt : createdAt;
}
