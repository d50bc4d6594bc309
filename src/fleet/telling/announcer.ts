import type { Announcement, AnnounceMode, Instance } from "../../supervisor/instance.ts";
import type { EndNotifier } from "../../supervisor/ports.ts";
import { announcementText } from "./announcement-text.ts";
import type { AnnouncerParts, ClaimedAnnouncement, LeftEnd } from "./announcer-parts.ts";
import { ParentActivity } from "./parent-activity.ts";
import { Collects } from "./collects.ts";
import { Outbox, type Attempt } from "./outbox.ts";
import { OverlookedMessages } from "./overlooked-messages.ts";
import type { Delivery, ParentSession } from "./parent-session.ts";
import type { End } from "../../opencode/own-metadata.ts";
import { includesEnd } from "./told-ends.ts";

/** Ends within this time of each other are one message. */
const BATCH_MS = 200;
/** Who else could tell of an end finds its record later than that. */
const NEW_MS = 200;

/**
 * Tells parent sessions that their agents have ended: once, together where several end at once, and only while nobody
 * waits for the agent in a collect. A session at work sees it at its next step; a note waits until it is idle, since it
 * would be answered otherwise.
 */
export class Announcer implements EndNotifier {
  readonly #parts: AnnouncerParts;
  readonly #outbox: Outbox;
  /** What each session has to be told of, by agent. */
  readonly #untold = new Map<string, Map<string, Untold>>();
  readonly #collects = new Collects();
  /** Sessions of ends that others left, and that this host does not know: its own data is not theirs. */
  readonly #foreign = new Set<string>();
  readonly activity: ParentActivity;
  readonly #overlooked: OverlookedMessages;
  #isClosed = false;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
    this.#outbox = new Outbox({
      clock: parts.clock,
      tell: async (...session) => await this.#announce(...session),
      over: (sessionId) => {
        if (this.#untold.get(sessionId)?.size === 0) this.#untold.delete(sessionId);
      },
      failed: (sessionId, error) =>
        parts.report(`Session ${sessionId} could not be told that its agents ended; it is tried again.`, error),
    });
    const isBusy = (sessionId: string) => this.activity.isBusy(sessionId) || this.#isClosed;
    this.#overlooked = new OverlookedMessages({ clock: parts.clock, isBusy, report: parts.report });
    this.activity = new ParentActivity({
      idle: (sessionId) => {
        this.#overlooked.idle(sessionId);
        this.#schedule(sessionId, BATCH_MS);
        this.#parts.user.idle(sessionId);
      },
      told: (sessionId, ends) => {
        for (const end of ends) void this.#answered(sessionId, end);
        this.#schedule(sessionId, BATCH_MS);
      },
    });
  }

  ended(instance: Instance): void {
    this.#add(instance, false, () => this.#parts.waitsForOthers(instance));
    // Those that were held back until now.
    this.#schedule(instance.parent.sessionId, BATCH_MS);
  }

  /**
   * An end that an earlier host left untold.
   *
   * @returns whether it can be told here: not where this host does not know the session
   */
  leftBehind(instance: LeftEnd): boolean {
    if (this.#foreign.has(instance.parent.sessionId)) return false;
    this.#add(instance, true, () => false);
    return true;
  }

  /** A session waits for these agents: their ends are told by the answer. Returns what ends the wait. */
  collecting(instanceIds: readonly string[], sessionId: string): () => void {
    const end = this.#collects.begin(instanceIds, sessionId);
    return () => {
      end();
      for (const each of this.#untold.keys()) this.#schedule(each, BATCH_MS);
    };
  }

  /**
   * Tells a session now what it can be told, whatever it does: it ends with what it is about to say.
   *
   * @returns whether it was told of an end
   */
  async tellNow(sessionId: string): Promise<boolean> {
    return this.#untold.has(sessionId) && (await this.#outbox.now(sessionId));
  }

  /** A session has got a message that it is to answer. */
  delivered(sessionId: string, delivery: Delivery): void {
    if (typeof delivery !== "string") this.#overlooked.add(sessionId, delivery);
  }

  close(): void {
    this.#isClosed = true;
    this.#overlooked.close();
    this.#outbox.close();
    this.#untold.clear();
  }

  /** Has a session told in a while, where there is something to tell. */
  #schedule(sessionId: string, delayMs: number): void {
    if (this.#untold.has(sessionId)) this.#outbox.due(sessionId, delayMs);
  }

  #add({ instanceId, announcement, parent: { sessionId } }: LeftEnd, isLeft: boolean, waits: () => boolean): void {
    if (announcement?.state !== "pending" || this.#isClosed) return;
    const ends = this.#untold.get(sessionId) ?? new Map<string, Untold>();
    const known = ends.get(instanceId);
    ends.set(instanceId, {
      isLeft: isLeft && known?.isLeft !== false,
      answeredTurn: known?.answeredTurn ?? null,
      wasTried: known?.wasTried ?? false,
      waits,
    });
    this.#untold.set(sessionId, ends);
    // Where no other one can end within that time, there is nothing to wait for.
    this.#schedule(sessionId, this.#parts.othersRun(sessionId) ? BATCH_MS : 0);
  }

  /**
   * Whether a call of the session may be about to tell it of any agent: it is none of the waits that are known. Its
   * answer comes back here.
   */
  #isAnswering(sessionId: string): boolean {
    return this.activity.tellingCalls(sessionId) > this.#collects.of(sessionId);
  }

  /**
   * Whether an end can be told as things are; the session's next idle event, or the end of a collect, comes back. One that
   * somebody waits for is told by that answer, also where the session is about to end.
   */
  #mayTell(sessionId: string, id: string, { isLast, mode }: Telling): boolean {
    if (this.#collects.isCollected(id)) return false;
    const untold = this.#untold.get(sessionId)?.get(id);
    const isNote = untold?.isLeft === true || mode === "note";
    return isLast || !(untold?.waits() === true || (isNote && this.activity.isBusy(sessionId)));
  }

  async #announce(sessionId: string, isLast: boolean): Promise<Attempt> {
    const ends = this.#untold.get(sessionId);
    if (ends === undefined || this.#isAnswering(sessionId)) return { isTold: false, next: "held" };
    const claims: ClaimedAnnouncement[] = [];
    try {
      const isLater = await this.#claim(sessionId, ends, claims, isLast);
      const isTold = claims.length > 0 && (await this.#tell(sessionId, ends, claims, isLast));
      return { isTold, next: isLater ? "later" : "over" };
    } finally {
      await this.#release(claims);
    }
  }

  /** Whether some of the ends can only be told later. */
  async #claim(
    sessionId: string,
    ends: Map<string, Untold>,
    claims: ClaimedAnnouncement[],
    isLast: boolean,
  ): Promise<boolean> {
    let isLater = false;
    for (const [id, { isLeft }] of [...ends]) {
      if (!this.#mayTell(sessionId, id, { isLast })) continue;
      const claim = await this.#parts.claim(id, !isLeft);
      if (claim === "later") isLater = true;
      else if (claim === "settled") ends.delete(id);
      else claims.push(claim);
    }
    return isLater;
  }

  /** Whether the session was told something. */
  async #tell(
    sessionId: string,
    ends: Map<string, Untold>,
    claims: readonly ClaimedAnnouncement[],
    isLast: boolean,
  ): Promise<boolean> {
    const [session, ...results] = await Promise.all([
      this.#parts.open(sessionId, this.#toldSince(ends, claims)),
      ...claims.map(async (claim) => ({ claim, text: await claim.result() })),
    ]);
    const settle = async (told: readonly ClaimedAnnouncement[], state: Exclude<Announcement["state"], "pending">) => {
      for (const claim of told) {
        await claim.settle(state);
        ends.delete(claim.end.instanceId);
      }
      this.#parts.user.told(sessionId, told);
    };
    const announced = claims.filter(({ end }) => includesEnd(session.announced, end));
    const answered = claims.filter(
      ({ end }) =>
        !includesEnd(session.announced, end) &&
        (includesEnd(session.answered, end) || ends.get(end.instanceId)?.answeredTurn === end.turn),
    );
    const untold = results.filter(({ claim }) => !announced.includes(claim) && !answered.includes(claim));
    // A prompt of the user, or a collect, may have come in the meantime.
    const isWanted = !this.#isClosed && !this.#isAnswering(sessionId);
    const now = untold.flatMap(({ claim, text }) => {
      const mode = claim.instance.announcement?.mode;
      const isTold = isWanted && this.#mayTell(sessionId, claim.end.instanceId, { isLast, mode });
      return isTold ? [{ ...claim, text }] : [];
    });
    const delivery = now.length > 0 ? await this.#deliver(sessionId, session, ends, now, isLast) : "delivered";
    if (delivery === "session_gone") {
      await this.#unknown(sessionId, ends, now, settle);
    } else {
      await settle(now, "announced");
      this.delivered(sessionId, delivery);
    }
    await settle(announced, "announced");
    await settle(answered, "told");
    return now.length > 0 && delivery !== "session_gone";
  }

  /** Since when somebody may have told of these ends; `null`: nobody can have. */
  #toldSince(ends: Map<string, Untold>, claims: readonly ClaimedAnnouncement[]): number | null {
    const now = this.#parts.clock.now();
    const isNew = ({ instance, end }: ClaimedAnnouncement) => {
      const { isLeft = true, wasTried = true } = ends.get(end.instanceId) ?? {};
      return !isLeft && !wasTried && now - endOf(instance) < NEW_MS;
    };
    const areNew = claims.every((claim) => isNew(claim));
    for (const { end } of claims) {
      const untold = ends.get(end.instanceId);
      if (untold !== undefined) untold.wasTried = true;
    }
    return areNew ? null : Math.min(...claims.map(({ instance }) => endOf(instance)));
  }

  /** An end of this host's own has nobody left to hear of it; that of another one may be for a session of other data. */
  async #unknown(
    sessionId: string,
    ends: Map<string, Untold>,
    claims: readonly ClaimedAnnouncement[],
    settle: (told: readonly ClaimedAnnouncement[], state: "dropped") => Promise<void>,
  ): Promise<void> {
    const isLeft = ({ end }: ClaimedAnnouncement) => ends.get(end.instanceId)?.isLeft === true;
    const left = claims.filter((claim) => isLeft(claim));
    if (left.length > 0) this.#foreign.add(sessionId);
    for (const { end, leave } of left) {
      ends.delete(end.instanceId);
      leave();
    }
    await settle(
      claims.filter((claim) => !left.includes(claim)),
      "dropped",
    );
  }

  async #deliver(
    sessionId: string,
    session: ParentSession,
    ends: Map<string, Untold>,
    now: readonly (ClaimedAnnouncement & { readonly text: string | undefined })[],
    isLast: boolean,
  ): Promise<Delivery> {
    const isStopped = this.activity.isInterrupted(sessionId);
    const isWaking = ({ instance: { announcement }, end }: ClaimedAnnouncement) =>
      announcement?.mode === "wake" && ends.get(end.instanceId)?.isLeft !== true && !isStopped;
    const reader = session.agent ?? now[0]?.instance.parent.agent ?? "";
    const ended = now.map(({ instance, text, resultPath }) => ({ instance, result: text, resultPath }));
    const text = announcementText(ended, this.#parts.maySupervise(reader));
    const wake = isLast || now.some((claim) => isWaking(claim));
    return await session.deliver(
      text,
      now.map(({ end }) => end),
      wake,
    );
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
    const untold = this.#untold.get(sessionId)?.get(end.instanceId);
    if (untold !== undefined) untold.answeredTurn = end.turn;
    try {
      const claim = await this.#parts.claim(end.instanceId, untold?.isLeft === false);
      // What cannot be written now is found in the session's messages, when its turn comes.
      if (typeof claim === "string") return;
      try {
        if (claim.end.turn !== end.turn || claim.instance.parent.sessionId !== sessionId) return;
        await claim.settle("told");
        this.#untold.get(sessionId)?.delete(end.instanceId);
        this.#parts.user.told(sessionId, [claim]);
      } finally {
        await claim.release();
      }
    } catch (error) {
      this.#parts.report(`It could not be written down that the end of ${end.instanceId} was told.`, error);
    }
  }
}

/** An end that a session has to be told of. */
interface Untold {
  /** An earlier host left it: the session may have gone on since, and is not woken. */
  isLeft: boolean;
  /** The turn whose end the answer of a tool has told. */
  answeredTurn: number | null;
  /** Its telling was begun, and may have got through. */
  wasTried: boolean;
  /** It is told together with others, which still run. */
  readonly waits: () => boolean;
}

interface Telling {
  /** The session is about to end. */
  readonly isLast: boolean;
  /** How the end is to be told, where that is known. */
  readonly mode?: AnnounceMode | undefined;
}

function endOf({ state, createdAt }: Instance): number {
  return "endedAt" in state ? state.endedAt : createdAt;
}
