import { lookAgain, type RepeatedLook } from "../lib/look-again.ts";
import { startedAs } from "../opencode/started-as.ts";
import type { FileInstanceStore } from "../store/file-instance-store.ts";
import type { Machine } from "../store/machine.ts";
import type { OrphanedRecords } from "../store/orphaned-records.ts";
import type { RecordFolder } from "../store/record-folder.ts";
import type { StatePaths } from "../store/state-paths.ts";
import type { SupervisorIdentity } from "../processes/supervisor-identity.ts";
import type { Transcripts } from "../supervisor/ports.ts";
import { Recovery, type RecoveryParts } from "../supervisor/recovery.ts";
import type { Instance } from "../supervisor/instance.ts";
import type { HostSessions } from "./host-sessions.ts";
import { releaseOrphanedClaims } from "./orphaned-claims.ts";
import type { LeftEnd } from "./telling/announcer-parts.ts";
import type { Telling } from "./telling/telling.ts";

/** How often it looks whether another host has died, and settles what that one left, while there is something to watch. */
const OTHER_HOSTS_MS = 30_000;

export interface LeftByOthersParts extends Pick<
  RecoveryParts,
  "childLives" | "endTree" | "finishFolder" | "clock" | "report"
> {
  readonly paths: StatePaths;
  readonly identity: Pick<SupervisorIdentity, "token">;
  /** The directory of this plugin instance. */
  readonly directory: string;
  readonly machine: Pick<Machine, "files">;
  readonly host: Pick<HostSessions, "sessionOfAgent"> & Transcripts;
  readonly store: FileInstanceStore;
  readonly records: RecordFolder;
  readonly orphaned: OrphanedRecords;
  readonly telling: Pick<Telling, "leftBehind">;
}

/** Settles and tells what other hosts have left, now and whenever one of them dies. */
export class LeftByOthers {
  readonly #parts: LeftByOthersParts;
  readonly #recovery: Recovery;
  readonly #looks: RepeatedLook;

  constructor(parts: LeftByOthersParts) {
    const { clock, host, store, orphaned } = parts;
    this.#parts = parts;
    this.#recovery = new Recovery({
      ...parts,
      lost: async () => await orphaned.list(),
      claim: async (instanceId) => await orphaned.claim(instanceId),
      isLost: async (instanceId) => await orphaned.isLost(instanceId),
      release: async (instanceId) => await orphaned.release(instanceId),
      save: async (instance) => await store.create(instance),
      writeResult: async (instanceId, text) => await store.writeResult(instanceId, text),
      settled: (instance) => {
        if (!this.#tellLater(instance)) store.rest(instance.instanceId);
      },
      transcripts: host,
      findSession: async (instance) => await host.sessionOfAgent(instance),
    });
    this.#looks = lookAgain(clock, OTHER_HOSTS_MS, async () => {
      await this.#recovery.look();
      return await this.#tellAll();
    });
    void this.#begin();
  }

  /** Settles when what earlier hosts left is settled. Never rejects. */
  async recovered(): Promise<void> {
    await this.#recovery.run();
  }

  /** Something happens here, and may elsewhere: it looks again, in a while. */
  arm(): void {
    this.#looks.arm();
  }

  close(): void {
    this.#looks.clear();
    this.#recovery.close();
  }

  async #begin(): Promise<void> {
    await this.recovered();
    if (await this.#tellAll()) this.arm();
  }

  /**
   * Tells what earlier hosts of this directory left untold. Never rejects.
   *
   * @returns whether there is something that may be left to this host later: a turn of another host without an end, or an
   *   end that is not told yet
   */
  async #tellAll(): Promise<boolean> {
    const { records, orphaned, machine, paths, identity, report } = this.#parts;
    try {
      await releaseOrphanedClaims(records, orphaned, machine.files, paths);
      let isLeft = false;
      for (const record of await records.listUnsettled()) {
        const isOpen = record.endedAt === null || record.followUps.length > 0;
        if (isOpen ? record.supervisor.token !== identity.token : this.#tellLater(record)) isLeft = true;
      }
      return isLeft;
    } catch (error) {
      report("What other hosts left untold could not be read.", error);
      return true;
    }
  }

  /**
   * Tells an end that an earlier host of this directory left. Never from an `opencode run`: it is over before anybody
   * could read a note.
   *
   * @returns whether there is something to tell
   */
  #tellLater(instance: LeftEnd & Pick<Instance, "directory">): boolean {
    const { directory, telling } = this.#parts;
    const isTelling =
      startedAs() !== "run" && instance.directory === directory && instance.announcement?.state === "pending";
    return isTelling && telling.leftBehind(instance);
  }
}
