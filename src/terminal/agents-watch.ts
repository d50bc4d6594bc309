import { systemFiles } from "../files/files.ts";
import { watchNames } from "../files/watch-names.ts";
import { readLive } from "../store/live-file.ts";
import { thisMachine } from "../store/machine.ts";
import { OwnerSilence } from "../store/owner-silence.ts";
import { toListed, type ListedRecord } from "../store/record.ts";
import { isTerminalRecord } from "../store/terminal-record.ts";
import { RecordFolder } from "../store/record-folder.ts";
import { makeFolders, type StatePaths } from "../store/state-paths.ts";
import { byAge, isAlive, type AgentNow } from "./agent-now.ts";

/** One write is several events: what is told within this time is read once. */
const TOGETHER_MS = 15;
/**
 * Of many files that change within a millisecond Bun 1.3.14 tells of some: behind what it has told of, all are looked
 * at once more.
 */
const LOOK_AGAIN_MS = 500;
/** Also the names of files that are about to be renamed: of a rename Bun 1.3.14 may tell the old name alone. */
const INSTANCE_FILE = /^(bgr_[0-9A-Z]{26})\.(?:live|json)(?:\.\d+)?$/;

/** Follows the records of all agents by the events of their folder: nothing is looked at while nothing is written. */
export class AgentsWatch {
  readonly #records: RecordFolder;
  readonly #agents = new Map<string, AgentNow>();
  readonly #changed = new Set<string>();
  readonly #silence = new OwnerSilence(thisMachine);
  #watcher: { close(): void } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lookAgain: ReturnType<typeof setTimeout> | undefined;
  #mustList = false;
  #isListed = false;

  constructor(
    private readonly paths: StatePaths,
    private readonly show: (agents: readonly AgentNow[]) => void,
    private readonly report: (message: string) => void,
  ) {
    this.#records = new RecordFolder(paths, report, "leave");
  }

  /** Settles when all that live are known. */
  async start(): Promise<void> {
    await makeFolders(this.paths);
    const failed = (error: unknown) => this.report(`The folder of agents cannot be watched: ${String(error)}`);
    this.#watcher = watchNames(this.paths.recordDir, (name) => this.#told(name), failed);
    await this.#keep(await this.#records.listUnsettled());
    this.#tell();
  }

  /** Reads those as well that ended before. */
  async loadAll(): Promise<void> {
    if (this.#isListed) return;
    this.#isListed = true;
    await this.#keep(await this.#records.list());
    this.#tell();
  }

  /** Looks again who runs those at work: of an opencode that was killed no file tells. */
  async lookAtOwners(): Promise<void> {
    const atWork = [...this.#agents.values()].filter((agent) => isAlive(agent));
    const found = await Promise.all(atWork.map(async ({ record }) => [record, await this.#isOwned(record)] as const));
    const left = found.flatMap(([{ instanceId }, isOwned]) => (isOwned ? [] : (this.#agents.get(instanceId) ?? [])));
    for (const agent of left) this.#agents.set(agent.record.instanceId, { ...agent, isOwned: false });
    if (left.length > 0) this.#tell();
  }

  get records(): RecordFolder {
    return this.#records;
  }

  close(): void {
    this.#watcher?.close();
    clearTimeout(this.#timer);
    clearTimeout(this.#lookAgain);
  }

  #told(name: string | null): void {
    const id = name === null ? undefined : INSTANCE_FILE.exec(name)?.[1];
    if (name === null) this.#mustList = true;
    else if (id === undefined) return;
    else this.#changed.add(id);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#read();
    }, TOGETHER_MS);
  }

  async #read(): Promise<void> {
    const ids = [...this.#changed];
    this.#changed.clear();
    if (this.#mustList) await this.#readAll();
    else await Promise.all(ids.map(async (id) => await this.#readOne(id)));
    this.#tell();
    this.#lookAgain ??= setTimeout(() => {
      this.#lookAgain = undefined;
      void this.#readAll().then(() => this.#tell());
    }, LOOK_AGAIN_MS);
  }

  async #readOne(id: string): Promise<void> {
    const record = await this.#records.read(id);
    if (record === undefined) this.#agents.delete(id);
    else await this.#keep([toListed(record)]);
  }

  /** Reads all that have not ended, and what became of those that had not when they were read last. */
  async #readAll(): Promise<void> {
    this.#mustList = false;
    const unsettled = await this.#records.listUnsettled();
    await this.#keep(unsettled);
    const ids = new Set(unsettled.map(({ instanceId }) => instanceId));
    const others = [...this.#agents.values()].filter(
      ({ record }) => !isTerminalRecord(record) && !ids.has(record.instanceId),
    );
    await Promise.all(others.map(async ({ record }) => await this.#readOne(record.instanceId)));
  }

  async #keep(records: readonly ListedRecord[]): Promise<void> {
    await Promise.all(
      records.map(async (record) => {
        const { instanceId } = record;
        const live = isTerminalRecord(record) ? undefined : await readLive(systemFiles, this.paths, instanceId);
        this.#agents.set(instanceId, { record, live, isOwned: await this.#isOwned(record) });
      }),
    );
  }

  /** Whether somebody runs it, as far as can be told from here: of another boot or container, by how long it is silent. */
  async #isOwned(record: ListedRecord): Promise<boolean> {
    if (isTerminalRecord(record)) return false;
    try {
      const lives = thisMachine.isAlive(record.supervisor);
      if (lives !== undefined) return lives;
    } catch {
      // Nobody can be seen just now: nobody has seen that it is gone.
      return true;
    }
    await this.#records.read(record.instanceId);
    return !this.#silence.isGone(record.instanceId, this.#records.writtenAt(record));
  }

  #tell(): void {
    const all = [...this.#agents.values()];
    this.show(all.toSorted((one, other) => byAge(one.record, other.record)));
  }
}
