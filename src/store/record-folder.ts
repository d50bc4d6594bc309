import { basename, join } from "node:path";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import { systemFiles, type Files } from "../files/files.ts";
import { isMissing } from "../files/is-missing.ts";
import { locatedLog } from "./located-log.ts";
import { parseRecord, type InstanceRecord } from "./record.ts";
import { recordPath, type StatePaths } from "./state-paths.ts";

const READ_AT_ONCE = 32;

interface Cached {
  readonly stamp: string;
  readonly mtimeMs: number;
  readonly record: InstanceRecord;
}

/** The records on disk, those of other hosts included. Reads each time: other processes write them too. */
export class RecordFolder {
  readonly #reported = new Set<string>();
  /** Records of turns that have ended never change without a new modification time. */
  readonly #cache = new Map<string, Cached>();

  constructor(
    private readonly paths: StatePaths,
    /** Told once of each file that is no record. */
    private readonly report: (message: string) => void,
    /** What becomes of a file that is no record: moved aside, or left to its owner by who only looks. */
    private readonly corrupt: "move" | "leave" = "move",
    private readonly files: Files = systemFiles,
  ) {}

  /** One record; `undefined` when there is none that can be read. */
  async read(instanceId: string): Promise<InstanceRecord | undefined> {
    return INSTANCE_ID.test(instanceId) ? await this.#readFile(recordPath(this.paths, instanceId)) : undefined;
  }

  /** Every record, oldest first. */
  async list(): Promise<InstanceRecord[]> {
    const names = (await this.#names()).toSorted();
    const records: (InstanceRecord | undefined)[] = [];
    for (let start = 0; start < names.length; start += READ_AT_ONCE) {
      const batch = names.slice(start, start + READ_AT_ONCE);
      records.push(...(await Promise.all(batch.map((name) => this.#readFile(join(this.paths.recordDir, name))))));
    }
    return records.filter((record) => record !== undefined);
  }

  /** When a record that was read had last been written or renewed, in milliseconds since the epoch. */
  writtenAt({ instanceId }: InstanceRecord): number {
    return this.#cache.get(recordPath(this.paths, instanceId))?.mtimeMs ?? 0;
  }

  async #names(): Promise<string[]> {
    try {
      const names = await this.files.names(this.paths.recordDir);
      return names.filter((name) => name.endsWith(".json") && INSTANCE_ID.test(basename(name, ".json")));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async #readFile(path: string): Promise<InstanceRecord | undefined> {
    let text: string;
    let known: Omit<Cached, "record">;
    try {
      const status = await this.files.look(path);
      if (!status.isFile) {
        this.#reportOnce(path, `${path} is no file but a link or a folder; it is ignored.`);
        return undefined;
      }
      const { mtimeMs, size, ino } = status;
      known = { mtimeMs, stamp: `${mtimeMs}:${size}:${ino}` };
      const cached = this.#cache.get(path);
      if (cached?.stamp === known.stamp) return cached.record;
      text = await this.files.read(path);
    } catch (error) {
      if (!isMissing(error)) this.#reportOnce(path, `The record ${path} cannot be read: ${String(error)}`);
      return undefined;
    }
    const reading = parseRecord(text);
    switch (reading.kind) {
      case "record":
        if (reading.record.instanceId !== basename(path, ".json")) {
          this.#reportOnce(
            path,
            `The record ${path} names another instance, ${reading.record.instanceId}; it is ignored.`,
          );
          return undefined;
        }
        return await this.#keep(path, known, reading.record);
      case "newer":
        this.#reportOnce(
          path,
          `The record ${path} is of schema ${reading.version}, from a newer plugin; it is ignored.`,
        );
        return undefined;
      case "corrupt":
        await this.#setAside(path, reading.problem);
        return undefined;
      default:
        return unreachable(reading);
    }
  }

  async #keep(path: string, known: Omit<Cached, "record">, found: InstanceRecord): Promise<InstanceRecord> {
    const record = { ...found, logPath: await locatedLog(this.files, this.paths, found) };
    this.#cache.set(path, { ...known, record });
    return record;
  }

  /** A file that cannot be read keeps its content, under another name. */
  async #setAside(path: string, problem: string): Promise<void> {
    if (this.corrupt === "leave") {
      this.#reportOnce(path, `The record ${path} is no record (${problem}); it is ignored.`);
      return;
    }
    const aside = `${path}.corrupt-${Date.now()}`;
    try {
      await this.files.rename(path, aside);
      this.#reportOnce(path, `The record ${path} is no record (${problem}); it was moved to ${aside}.`);
    } catch (error) {
      this.#reportOnce(path, `The record ${path} is no record (${problem}) and cannot be moved: ${String(error)}`);
    }
  }

  #reportOnce(path: string, message: string): void {
    if (this.#reported.has(path)) return;
    this.#reported.add(path);
    this.report(message);
  }
}

function unreachable(value: never): never {
  throw new Error(`Unknown reading: ${JSON.stringify(value)}`);
}
