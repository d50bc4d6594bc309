import { Announcer } from "./announcer.ts";
import type { ClaimedAnnouncement, LeftEnd } from "./announcer-parts.ts";
import { openParentSession } from "./parent-session.ts";
import type { UserNotes } from "./user-notes.ts";
import type { HostSessions } from "../host-sessions.ts";
import { startedAs } from "../../opencode/started-as.ts";
import type { FileInstanceStore } from "../../store/file-instance-store.ts";
import type { OrphanedRecords } from "../../store/orphaned-records.ts";
import type { RecordFolder } from "../../store/record-folder.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Instance } from "../../supervisor/instance.ts";
import { lastMessageOf } from "../../supervisor/result.ts";
import { transition } from "../../supervisor/transition.ts";

export interface AnnouncingParts {
  readonly host: Pick<HostSessions, "messages" | "put">;
  readonly clock: Clock;
  /** Whether an agent of this session runs, or waits to. */
  readonly othersRun: (sessionId: string) => boolean;
  readonly waitsForOthers: (instance: Instance) => boolean;
  readonly maySupervise: (agent: string) => boolean;
  /** The text of a result's file. */
  readonly readFile: (path: string) => Promise<string>;
  readonly user: UserNotes;
  readonly report: (message: string, cause: unknown) => void;
}

/** The announcer of one plugin instance, with the records as what it goes by. */
export function createAnnouncer(parts: AnnouncingParts, store: FileInstanceStore, lost: OrphanedRecords): Announcer {
  const { host, clock, othersRun, waitsForOthers, maySupervise, readFile, user, report } = parts;
  return new Announcer({
    clock,
    user,
    othersRun,
    waitsForOthers,
    maySupervise,
    claim: async (instanceId) => await claimAnnouncement({ clock, readFile }, store, lost, instanceId),
    open: async (sessionId, since) => await openParentSession(host, sessionId, since),
    report,
  });
}

/** The record's claim is what makes an announcement exclusive among hosts. */
async function claimAnnouncement(
  { clock, readFile }: Pick<AnnouncingParts, "clock" | "readFile">,
  store: FileInstanceStore,
  lost: OrphanedRecords,
  instanceId: string,
): Promise<ClaimedAnnouncement | "settled" | "later"> {
  if (store.isDirty(instanceId)) return "later";
  if ((await lost.findEnded(instanceId))?.announcement?.state !== "pending") return "settled";
  const instance = await lost.claimEnded(instanceId);
  if (instance === undefined) {
    // Somebody has it just now, or it was settled since: the next time tells.
    return "later";
  }
  const release = async () => await lost.releaseEnded(instanceId);
  if (instance.announcement?.state !== "pending") {
    await release();
    return "settled";
  }
  return {
    instance,
    end: { instanceId, turn: instance.announcement.turn },
    resultPath: store.resultPath(instanceId),
    async result() {
      if (instance.resultPreview === null) return undefined;
      const whole = await readFile(store.resultPath(instanceId)).catch(() => undefined);
      return whole === undefined ? undefined : lastMessageOf(whole, instance.resultParts);
    },
    release,
    leave: () => store.rest(instanceId),
    async settle(state) {
      const at = clock.now();
      // Not tried again by the store: once it is released, the record may be another host's.
      await store.create(transition(instance, { type: "announcement_settled", at, state }).instance);
    },
  };
}

/**
 * Tells what earlier hosts of this directory left untold.
 *
 * @returns whether there is something that may be left to this host later: a turn of another host without an end, or an
 *   end that is not told yet
 */
export async function announceLeftBehind(
  announcer: Announcer,
  records: RecordFolder,
  { token, directory }: { readonly token: string; readonly directory: string },
): Promise<boolean> {
  let isLeft = false;
  for (const record of await records.listUnsettled()) {
    const isOpen = record.endedAt === null || record.followUps.length > 0;
    if (isOpen ? record.supervisor.token !== token : tellLater(announcer, record, directory)) isLeft = true;
  }
  return isLeft;
}

/**
 * Tells an end that an earlier host of this directory left. Never from an `opencode run`: it is over before anybody
 * could read a note.
 *
 * @returns whether there is something to tell
 */
export function tellLater(
  announcer: Announcer,
  instance: LeftEnd & Pick<Instance, "directory">,
  directory: string,
): boolean {
  const isTelling =
    startedAs() !== "run" && instance.directory === directory && instance.announcement?.state === "pending";
  return isTelling && announcer.leftBehind(instance);
}
