import { mayLive } from "../processes/supervisor-identity.ts";
import { systemFiles } from "../files/files.ts";
import { watchNames } from "../files/watch-names.ts";
import { readLive } from "../store/live-file.ts";
import { toListed, type ListedRecord } from "../store/record.ts";
import { isTerminalRecord } from "../store/terminal-record.ts";
import { RecordFolder } from "../store/record-folder.ts";
import { makeFolders, type StatePaths } from "../store/state-paths.ts";
import type { AgentNow } from "./agent-now.ts";

/** One write is several events: what is told within this time is read once. */
const TOGETHER_MS = 15;
/** Also the names of files that are about to be renamed: of a rename Bun 1.3.14 may tell the old name alone. */
const INSTANCE_FILE = /^(bgr_[0-9A-Z]{26})\.(?:live|json)(?:\.\d+)?$/;

/** Follows the records of all agents by the events of their folder: nothing is looked at while nothing is written. */
export class AgentsWatch {
  readonly #records: RecordFolder;
  readonly #agents = new Map<string, AgentNow>();
  readonly #changed = new Set<string>();
  #watcher: { close(): void } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
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

  get records(): RecordFolder {
    return this.#records;
  }

  close(): void {
    this.#watcher?.close();
    clearTimeout(this.#timer);
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
    if (this.#mustList) {
      this.#mustList = false;
      await this.#keep(await this.#records.listUnsettled());
    }
    await Promise.all(
      ids.map(async (id) => {
        const record = await this.#records.read(id);
        if (record === undefined) this.#agents.delete(id);
        else await this.#keep([toListed(record)]);
      }),
    );
    this.#tell();
  }

  async #keep(records: readonly ListedRecord[]): Promise<void> {
    await Promise.all(
      records.map(async (record) => {
        const live = isTerminalRecord(record) ? undefined : await readLive(systemFiles, this.paths, record.instanceId);
        this.#agents.set(record.instanceId, { record, live, isOwned: mayLive(record.supervisor) });
      }),
    );
  }

  #tell(): void {
    const all = [...this.#agents.values()];
    this.show(all.toSorted((one, other) => (one.record.createdAt < other.record.createdAt ? -1 : 1)));
  }
}
