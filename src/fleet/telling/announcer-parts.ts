import type { Announcement, Instance } from "../../supervisor/instance.ts";
import type { Clock } from "../../lib/clock.ts";
import type { ParentSession } from "./parent-session.ts";
import type { End } from "../../opencode/own-metadata.ts";
import type { UserNotes } from "./user-notes.ts";

export interface AnnouncerParts {
  readonly clock: Clock;
  /**
   * Takes the announcement of an end for this host alone. `settled`: there is nothing to tell any more, or another host
   * does it; `later`: somebody has it just now, or the end is on its way to the disk.
   *
   * @param isOwn whether it is the end of an agent of this host
   */
  readonly claim: (instanceId: string, isOwn: boolean) => Promise<ClaimedAnnouncement | "settled" | "later">;
  /** Whether another agent of this session may end at any moment. */
  readonly othersRun: (sessionId: string) => boolean;
  /** Whether an end is told only together with those of others that still run. */
  readonly waitsForOthers: (instance: Instance) => boolean;
  /** Whether an agent may use the background tools. */
  readonly maySupervise: (agent: string) => boolean;
  /** {@link openParentSession}. Rejects when the host does not answer now. */
  readonly open: (sessionId: string, since: number | null) => Promise<ParentSession>;
  /** Tells the user, who may have gone on in another session. */
  readonly user: Pick<UserNotes, "told" | "idle">;
  readonly report: (message: string, cause: unknown) => void;
}

/** What there is to know of an agent whose end has to be told. */
export type LeftEnd = Pick<Instance, "instanceId" | "announcement" | "parent">;

export interface ClaimedAnnouncement {
  readonly instance: Instance;
  readonly end: End;
  /** Its last message; `undefined` where that cannot be read. */
  readonly result: () => Promise<string | undefined>;
  readonly resultPath: string;
  /** Writes down what became of it. */
  readonly settle: (state: Exclude<Announcement["state"], "pending">) => Promise<void>;
  /** It cannot be told here: from now on, a host that knows the session may have it. */
  readonly leave: () => void;
  /** Gives it back. */
  readonly release: () => Promise<void>;
}
