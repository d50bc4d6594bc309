import { isTerminal, type Instance } from "../../supervisor/instance.ts";
import type { EndNotifier } from "../../supervisor/ports.ts";
import type { ParentMessage } from "../../supervisor/supervisor-parts.ts";
import type { Clock } from "../../lib/clock.ts";
import { sessionChange, type OpencodeEvent } from "../../opencode/session-events.ts";
import type { HostSessions } from "../host-sessions.ts";
import type { AnnouncementClaims } from "./announcement-claims.ts";
import { Announcer } from "./announcer.ts";
import type { LeftEnd } from "./announcer-parts.ts";
import { ParentMessages } from "./parent-messages.ts";
import { openParentSession } from "./parent-session.ts";
import { UserNotes } from "./user-notes.ts";
import { waitsForSpawnedWith } from "./waits-for-others.ts";

export interface TellingParts {
  readonly host: Pick<HostSessions, "choiceOf" | "messages" | "put" | "parentOf">;
  readonly clock: Clock;
  /** The agents that this plugin instance runs, or ran. */
  readonly instances: () => readonly Instance[];
  readonly claims: Pick<AnnouncementClaims, "claim">;
  /** When an end is told: at once, or with the last of those that were spawned together. */
  readonly announceBatch: "each" | "together";
  /** Whether an agent may use the background tools. */
  readonly maySupervise: (agent: string) => boolean;
  readonly report: (message: string, cause: unknown) => void;
}

/** Tells sessions what their agents have to say, and how they end. */
export class Telling implements EndNotifier {
  readonly #announcer: Announcer;
  readonly #messages: ParentMessages;
  readonly #user: UserNotes;

  constructor(parts: TellingParts) {
    const { instances, announceBatch } = parts;
    const isBusy = (sessionId: string) => this.#announcer.activity.isBusy(sessionId);
    const open = async (sessionId: string, since: number | null) =>
      await openParentSession(parts.host, sessionId, since);
    this.#user = new UserNotes({ ...parts, isBusy });
    this.#announcer = new Announcer({
      ...parts,
      open,
      user: this.#user,
      claim: async (...end) => await parts.claims.claim(...end),
      othersRun: (sessionId) => instances().some((each) => each.parent.sessionId === sessionId && !isTerminal(each)),
      waitsForOthers: (instance) => announceBatch === "together" && waitsForSpawnedWith(instance, instances()),
    });
    this.#messages = new ParentMessages({
      ...parts,
      isBusy,
      open,
      delivered: (...message) => this.#announcer.delivered(...message),
    });
  }

  ended(instance: Instance): void {
    this.#announcer.ended(instance);
  }

  /** An end that an earlier host left untold. Returns whether it can be told here. */
  leftBehind(instance: LeftEnd): boolean {
    return this.#announcer.leftBehind(instance);
  }

  /** Something that an agent has to say while it works. Never throws. */
  tell(instance: Instance, message: ParentMessage): void {
    this.#messages.tell(instance, message);
  }

  /** A session waits for these agents: their ends are told by the answer. Returns what ends the wait. */
  collecting(instanceIds: readonly string[], sessionId: string): () => void {
    return this.#announcer.collecting(instanceIds, sessionId);
  }

  /** Tells a session now of the ends that it has not been told of. Returns whether there were some. */
  async tellNow(sessionId: string): Promise<boolean> {
    return await this.#announcer.tellNow(sessionId);
  }

  /** An event of the host. */
  event(event: OpencodeEvent): void {
    this.#user.event(event);
    this.#announcer.activity.event(event);
    const change = sessionChange(event);
    if (change?.to === "idle") this.#messages.idle(change.sessionId);
  }

  close(): void {
    this.#announcer.close();
  }
}
