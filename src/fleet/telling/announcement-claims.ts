import type { Files } from "../../files/files.ts";
import type { Clock } from "../../lib/clock.ts";
import type { FileInstanceStore } from "../../store/file-instance-store.ts";
import type { OrphanedRecords } from "../../store/orphaned-records.ts";
import { lastMessageOf } from "../../supervisor/result.ts";
import { transition } from "../../supervisor/transition.ts";
import type { ClaimedAnnouncement } from "./announcer-parts.ts";

/** The record's claim is what makes an announcement exclusive among hosts. */
export class AnnouncementClaims {
  constructor(
    private readonly store: FileInstanceStore,
    private readonly orphaned: OrphanedRecords,
    private readonly clock: Clock,
    private readonly files: Pick<Files, "read">,
  ) {}

  /** As {@link AnnouncerParts.claim}. */
  async claim(instanceId: string, isOwn: boolean): Promise<ClaimedAnnouncement | "settled" | "later"> {
    const { store, orphaned } = this;
    if (store.isDirty(instanceId)) return "later";
    const isPending = async () => (await orphaned.findEnded(instanceId))?.announcement?.state === "pending";
    // Another host's is not to be kept from it.
    if (!isOwn && !(await isPending())) return "settled";
    const instance = await orphaned.claimEnded(instanceId);
    // Somebody has it just now: the next time tells.
    if (instance === undefined) return (await isPending()) ? "later" : "settled";
    const release = async () => await orphaned.releaseEnded(instanceId);
    if (instance.announcement?.state !== "pending") {
      await release();
      return "settled";
    }
    return {
      instance,
      end: { instanceId, turn: instance.announcement.turn },
      resultPath: store.resultPath(instanceId),
      result: async () => {
        if (instance.resultPreview === null) return undefined;
        const whole = await this.files.read(store.resultPath(instanceId)).catch(() => undefined);
        return whole === undefined ? undefined : lastMessageOf(whole, instance.resultParts);
      },
      release,
      leave: () => store.rest(instanceId),
      settle: async (state) => {
        const at = this.clock.now();
        // Not tried again by the store: once it is released, the record may be another host's.
        await store.create(transition(instance, { type: "announcement_settled", at, state }).instance);
      },
    };
  }
}
