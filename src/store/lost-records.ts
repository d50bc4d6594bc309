import { open, readFile, rm } from "node:fs/promises";
import { isAlive, type SupervisorIdentity } from "../processes/supervisor-identity.ts";
import type { LostInstance } from "../supervisor/recovery.ts";
import { fromRecord, isTerminalRecord, type InstanceRecord } from "./record.ts";
import type { RecordFolder } from "./record-folder.ts";
import { recordPath, type StatePaths } from "./state-paths.ts";

/** A record of another boot or pid namespace says nothing by its pid: this long without a write, its owner is gone. */
const SILENT_OWNER_MS = 120_000;

/** Finds the records whose supervisor is gone, and takes one over for exactly one host. */
export class LostRecords {
  constructor(
    private readonly folder: RecordFolder,
    private readonly paths: StatePaths,
    private readonly identity: SupervisorIdentity,
  ) {}

  async list(): Promise<LostInstance[]> {
    return (await this.folder.list()).flatMap((record) => this.#lost(record) ?? []);
  }

  /** Takes a record over; `undefined` when another host has it, or its turn has ended meanwhile. */
  async claim(instanceId: string): Promise<LostInstance | undefined> {
    if (!(await this.#createClaim(instanceId))) return undefined;
    const record = await this.folder.read(instanceId);
    const lost = record === undefined ? undefined : this.#lost(record);
    if (lost === undefined) await this.release(instanceId);
    return lost;
  }

  async release(instanceId: string): Promise<void> {
    await rm(this.#claimPath(instanceId), { force: true });
  }

  #lost(record: InstanceRecord): LostInstance | undefined {
    if (isTerminalRecord(record) || this.#ownerLives(record)) return undefined;
    return { instance: fromRecord(record), ownerPid: record.supervisor.pid, onExit: record.onExit };
  }

  #ownerLives({ supervisor, lastActivityAt }: InstanceRecord): boolean {
    return isAlive(supervisor) ?? Date.now() - Date.parse(lastActivityAt) < SILENT_OWNER_MS;
  }

  /** An exclusive file decides between hosts that start together; one that a dead host left does not count. */
  async #createClaim(instanceId: string): Promise<boolean> {
    const path = this.#claimPath(instanceId);
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const handle = await open(path, "wx", 0o600);
        await handle.writeFile(JSON.stringify(this.identity));
        await handle.close();
        return true;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
        if (!(await this.#isAbandoned(path))) return false;
        await rm(path, { force: true });
      }
    }
    return false;
  }

  async #isAbandoned(path: string): Promise<boolean> {
    try {
      const owner = JSON.parse(await readFile(path, "utf8")) as SupervisorIdentity;
      return isAlive(owner) === false;
    } catch {
      // Just made and not written yet, or just removed: its owner lives.
      return false;
    }
  }

  #claimPath(instanceId: string): string {
    return `${recordPath(this.paths, instanceId)}.claim`;
  }
}
