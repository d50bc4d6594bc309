import { NewestMap } from "../../lib/newest-map.ts";
import { isAnything, isText, oneOf, shape } from "../../lib/shape.ts";
import { begunBelow, sessionChange, type OpencodeEvent } from "../../opencode/session-events.ts";
import { elsewhereIn, isOwn, ownMetadata, type End } from "../../opencode/own-metadata.ts";
import { isSent } from "../../opencode/whose-words.ts";
import type { Instance } from "../../supervisor/instance.ts";
import type { HostSessions } from "../host-sessions.ts";
import { noteText, shownNote } from "./announcement-text.ts";
import { openSession } from "./open-session.ts";
import { includesEnd } from "./told-ends.ts";

export interface UserNotesParts {
  readonly host: Pick<HostSessions, "messages" | "put" | "parentOf">;
  readonly isBusy: (sessionId: string) => boolean;
  /** Whether an agent may use the background tools. */
  readonly maySupervise: (agent: string) => boolean;
  readonly report: (message: string, cause: unknown) => void;
}

/** An end that the session which asked has been told of. */
export interface ToldEnd {
  readonly instance: Instance;
  readonly end: End;
}

const isUserMessage = shape({ info: shape({ id: isText, sessionID: isText, role: oneOf("user") }) });
const isPart = shape({
  part: shape({ type: isText, messageID: isText, synthetic: isAnything, ignored: isAnything, metadata: isAnything }),
});

const MOST_REMEMBERED = 100;

/**
 * Tells the user, who has gone on in another session (`/new`), of the ends that the session which asked is told of: a
 * short note in the session in which the user wrote last, once at most. Nobody is woken by it.
 */
export class UserNotes {
  readonly #parts: UserNotesParts;
  /** The sessions of the latest messages of the role `user`, by message. */
  readonly #asked = new NewestMap<string>(MOST_REMEMBERED);
  readonly #subagents = new NewestMap<true>(MOST_REMEMBERED);
  /** What a session is to be told when it is idle. */
  readonly #waiting = new Map<string, ToldEnd[]>();
  #writtenIn: string | undefined;

  constructor(parts: UserNotesParts) {
    this.#parts = parts;
  }

  event(event: OpencodeEvent): void {
    const { type, properties } = event;
    if (type === "message.updated" && isUserMessage(properties)) {
      this.#asked.set(properties.info.id, properties.info.sessionID);
    } else if (type === "message.part.updated" && isPart(properties)) {
      const { part } = properties;
      const isWritten = isSent(part) && !isOwn(part.metadata);
      const sessionId = this.#asked.get(part.messageID);
      if (isWritten && sessionId !== undefined && !this.#subagents.has(sessionId)) this.#writtenIn = sessionId;
    }
    const begun = begunBelow(event);
    if (begun !== undefined) this.#subagents.set(begun.sessionId, true);
    const change = sessionChange(event);
    if (change?.to === "deleted") this.#forget(change.sessionId);
  }

  /** The session that asked has been told of these ends, or there is none any more. */
  told(parentId: string, ends: readonly ToldEnd[]): void {
    const sessionId = this.#writtenIn;
    if (ends.length === 0 || sessionId === undefined || sessionId === parentId) return;
    this.#waiting.set(sessionId, [...(this.#waiting.get(sessionId) ?? []), ...ends]);
    this.idle(sessionId);
  }

  /** A session may have become idle. Beside an answer that is being written a note would be answered as well. */
  idle(sessionId: string): void {
    const ends = this.#waiting.get(sessionId);
    if (ends === undefined || this.#parts.isBusy(sessionId)) return;
    this.#waiting.delete(sessionId);
    this.#put(sessionId, ends).catch((error: unknown) =>
      // Once at most: nobody can tell whether it got there.
      this.#parts.report(`Session ${sessionId} got no note of the ends that another one was told of.`, error),
    );
  }

  async #put(sessionId: string, ends: readonly ToldEnd[]): Promise<void> {
    const { host, isBusy, maySupervise } = this.#parts;
    if ((await host.parentOf(sessionId)) !== undefined) return;
    const since = Math.min(...ends.map(({ instance: { state } }) => ("endedAt" in state ? state.endedAt : 0)));
    const session = await openSession(host, sessionId, since);
    const noted = session?.said.flatMap(elsewhereIn) ?? [];
    const now = ends.filter(({ end }) => !includesEnd(noted, end));
    if (session === undefined || now.length === 0) return;
    if (isBusy(sessionId)) {
      this.#waiting.set(sessionId, [...now, ...(this.#waiting.get(sessionId) ?? [])]);
      return;
    }
    const instances = now.map(({ instance }) => instance);
    await session.put({
      text: noteText(instances, session.agent !== undefined && maySupervise(session.agent)),
      shown: shownNote(instances),
      metadata: ownMetadata({ elsewhere: now.map(({ end }) => end) }),
      wake: false,
    });
  }

  #forget(sessionId: string): void {
    this.#waiting.delete(sessionId);
    if (this.#writtenIn === sessionId) this.#writtenIn = undefined;
  }
}
