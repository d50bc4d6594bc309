import type { SupervisorIdentity } from "../processes/supervisor-identity.ts";
import type { Instance } from "../supervisor/instance.ts";
import type { LostInstance } from "../supervisor/recovery.ts";
import { transition } from "../supervisor/transition.ts";
import { thisMachine, type Machine } from "./machine.ts";
import { OwnerSilence } from "./owner-silence.ts";
import { fromRecord, type InstanceRecord, type ListedRecord } from "./record.ts";
import { isTerminalRecord } from "./terminal-record.ts";
import { RecordClaims } from "./record-claims.ts";
import type { RecordFolder } from "./record-folder.ts";
import type { StatePaths } from "./state-paths.ts";

/** Finds the records whose supervisor is gone, and takes one over for exactly one host. */
export class OrphanedRecords {
  readonly #claims: RecordClaims;
  readonly #silence: OwnerSilence;
  /** The ended records that this host is about to change. */
  readonly #uses = new Map<string, PromiseWithResolvers<void>>();

  constructor(
    private readonly folder: RecordFolder,
    paths: StatePaths,
    private readonly identity: SupervisorIdentity,
    private readonly machine: Machine = thisMachine,
  ) {
    this.#claims = new RecordClaims(paths, identity, machine);
    this.#silence = new OwnerSilence(machine);
  }

  /** The ids of them all. */
  async list(): Promise<string[]> {
    return (await this.folder.listUnsettled())
      .filter((record) => this.#isLost(record))
      .map(({ instanceId }) => instanceId);
  }

  /** Takes a record over; `undefined` when another host has it, or its turn has ended meanwhile. */
  async claim(instanceId: string): Promise<LostInstance | undefined> {
    if (!(await this.#claims.take(instanceId))) return undefined;
    let lost: LostInstance | undefined;
    try {
      const record = await this.folder.read(instanceId);
      lost = record !== undefined && this.#isLost(record) ? this.#toLost(record) : undefined;
    } finally {
      if (lost === undefined) await this.release(instanceId);
    }
    return lost;
  }

  /** Whether a record that was claimed is lost yet: its owner may have come back meanwhile. */
  async isLost(instanceId: string): Promise<boolean> {
    const record = await this.folder.read(instanceId);
    return record !== undefined && this.#isLost(record);
  }

  async release(instanceId: string): Promise<void> {
    const record = await this.folder.read(instanceId);
    await this.#claims.release(instanceId, record === undefined || isTerminalRecord(record));
  }

  /**
   * Takes over a record whose turn has ended, and that is this host's or nobody's; `undefined` otherwise. Waits for
   * another use by this host.
   */
  async claimEnded(instanceId: string): Promise<Instance | undefined> {
    for (let use = this.#uses.get(instanceId); use !== undefined; use = this.#uses.get(instanceId)) await use.promise;
    this.#uses.set(instanceId, Promise.withResolvers());
    let instance: Instance | undefined;
    try {
      if (!(await this.#claims.take(instanceId))) return undefined;
      try {
        const record = await this.findEnded(instanceId);
        instance = record === undefined ? undefined : fromRecord(record);
      } finally {
        if (instance === undefined) await this.#claims.release(instanceId, false);
      }
      return instance;
    } finally {
      if (instance === undefined) this.#endUse(instanceId);
    }
  }

  /** The record of a turn that has ended, and that is this host's or nobody's; somebody may have a claim on it. */
  async findEnded(instanceId: string): Promise<InstanceRecord | undefined> {
    const record = await this.folder.read(instanceId);
    return record !== undefined && isTerminalRecord(record) && this.#isFree(record) ? record : undefined;
  }

  /** Gives an ended record back that {@link claimEnded} took. */
  async releaseEnded(instanceId: string): Promise<void> {
    try {
      await this.#claims.release(instanceId, true);
    } finally {
      this.#endUse(instanceId);
    }
  }

  /** Gives back what is claimed before it returns, and takes nothing any more. Comes while this host counts as alive. */
  close(): void {
    this.#claims.close();
  }

  #endUse(instanceId: string): void {
    this.#uses.get(instanceId)?.resolve();
    this.#uses.delete(instanceId);
  }

  #isFree(record: InstanceRecord): boolean {
    return record.supervisor.token === this.identity.token || !this.#ownerLives(record);
  }

  #isLost(record: ListedRecord): boolean {
    return (!isTerminalRecord(record) || record.followUps.length > 0) && !this.#ownerLives(record);
  }

  #toLost(record: InstanceRecord): LostInstance {
    const { supervisor, onExit } = record;
    // A pid means nothing outside of its boot and namespace: there only the marker can tell what is left of an agent.
    const isHere = supervisor.bootId === this.identity.bootId;
    const left = fromRecord(isHere ? record : { ...record, process: null });
    // What was asked for behind a turn that has ended is a turn that never began.
    const instance = isTerminalRecord(record)
      ? transition(left, { type: "next_turn_opened", at: this.machine.now() }).instance
      : left;
    return { instance, ownerPid: supervisor.pid, onExit };
  }

  #ownerLives(record: ListedRecord): boolean {
    const lives = this.machine.isAlive(record.supervisor);
    return lives ?? !this.#silence.isGone(record.instanceId, this.folder.writtenAt(record));
  }
}
