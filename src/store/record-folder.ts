import { basename, join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import { namesIn } from "../files/files.ts";
import { isMissing } from "../lib/is-missing.ts";
import type { Slices } from "../lib/slices.ts";
import { locatedLog } from "./located-log.ts";
import { thisMachine, type Machine } from "./machine.ts";
import {
  isPlainlySettled,
  isSettled,
  parseRecord,
  toListed,
  type InstanceRecord,
  type ListedRecord,
} from "./record.ts";
import { recordPath, type StatePaths } from "./state-paths.ts";
import { unreachable } from "../lib/unreachable.ts";
import { setAside } from "./set-aside.ts";

const READ_AT_ONCE = 32;
const ENDING = ".json";

/** A file as it was when it was looked at. */
interface Seen {
  readonly stamp: string;
  readonly mtimeMs: number;
}

interface Cached extends Seen {
  /** Not yet read where nobody asked for more than {@link RecordFolder.listUnsettled}. */
  readonly record: ListedRecord | undefined;
  /** The listing that came upon it last. */
  listing: number;
}

interface LookedUp {
  readonly path: string;
  readonly known?: Cached;
  readonly seen?: Seen;
  readonly text?: string;
}

/** The records on disk, those of other hosts included. Reads each time: other processes write them too. */
export class RecordFolder {
  /** What is no record, and the listing that came upon it last. */
  readonly #reported = new Map<string, number>();
  /** What lists need of each record, by its path: it never changes without a new modification time. */
  readonly #cache = new Map<string, Cached>();
  #listing = 0;

  constructor(
    private readonly paths: StatePaths,
    /** Told once of each file that is no record. */
    private readonly report: (message: string) => void,
    /** What becomes of a file that is no record: moved aside, or left to its owner by who only looks. */
    private readonly corrupt: "move" | "leave" = "move",
    private readonly machine: Pick<Machine, "files" | "slices"> = thisMachine,
  ) {}

  /** One record; `undefined` when there is none that can be read. */
  async read(instanceId: string): Promise<InstanceRecord | undefined> {
    if (!INSTANCE_ID.test(instanceId)) return undefined;
    const path = recordPath(this.paths, instanceId);
    const seen = await this.#look(path);
    const text = seen === undefined ? undefined : await this.#text(path);
    return seen === undefined || text === undefined ? undefined : await this.#parse(path, seen, text);
  }

  /** Every record, oldest first. However many they are, nobody else waits for more than a few milliseconds. */
  async list(): Promise<ListedRecord[]> {
    return await this.#list("all");
  }

  /**
   * As {@link RecordFolder.list}, but without the records that have ended, wait for nothing and are told: of thousands,
   * it takes little longer than reading their files.
   */
  async listUnsettled(): Promise<ListedRecord[]> {
    return await this.#list("unsettled");
  }

  async #list(which: "all" | "unsettled"): Promise<ListedRecord[]> {
    const listing = ++this.#listing;
    const slices = this.machine.slices();
    const found = await this.#names(slices);
    const names = which === "all" ? await slices.sorted(found) : found;
    const records: ListedRecord[] = [];
    for (let start = 0; start < names.length; start += READ_AT_ONCE) {
      const batch = names.slice(start, start + READ_AT_ONCE);
      const files = await Promise.all(batch.map((name) => this.#lookUp(join(this.paths.recordDir, name), which)));
      for (const { path, seen, known, text } of files) {
        await slices.giveWay();
        if (seen !== undefined && text !== undefined) {
          if (which === "unsettled" && isPlainlySettled(text)) {
            this.#cache.set(path, { ...seen, record: undefined, listing });
          } else {
            await this.#parse(path, seen, text);
          }
        }
        const cached = known ?? (text === undefined ? undefined : this.#cache.get(path));
        if (cached === undefined) continue;
        cached.listing = this.#listing;
        if (cached.record !== undefined && (which === "all" || !isSettled(cached.record))) records.push(cached.record);
      }
    }
    this.#forgetBefore(listing);
    // Of thousands few are unsettled: it takes longer to put all of their names in order.
    return which === "all" ? records : records.toSorted((one, other) => (one.instanceId < other.instanceId ? -1 : 1));
  }

  /** When a record that was read had last been written or renewed, in milliseconds since the epoch; one not seen: ever since. */
  writtenAt({ instanceId }: Pick<InstanceRecord, "instanceId">): number {
    return this.#cache.get(recordPath(this.paths, instanceId))?.mtimeMs ?? Number.POSITIVE_INFINITY;
  }

  async #names(slices: Slices): Promise<string[]> {
    const names = await namesIn(this.machine.files, this.paths.recordDir);
    await slices.giveWay();
    return names.filter((name) => name.endsWith(ENDING) && INSTANCE_ID.test(name.slice(0, -ENDING.length)));
  }

  /** What has gone takes no memory, and is told of again when it comes again. */
  #forgetBefore(listing: number): void {
    for (const [path, cached] of this.#cache) if (cached.listing < listing) this.#cache.delete(path);
    for (const [path, last] of this.#reported) if (last < listing) this.#reported.delete(path);
  }

  /** What is known of a record already, or its text. */
  async #lookUp(path: string, which: "all" | "unsettled"): Promise<LookedUp> {
    const seen = await this.#look(path);
    if (seen === undefined) return { path };
    const known = this.#cache.get(path);
    const isEnough = which === "unsettled" || known?.record !== undefined;
    if (known?.stamp === seen.stamp && isEnough) return { path, known };
    const text = await this.#text(path);
    return text === undefined ? { path } : { path, seen, text };
  }

  async #look(path: string): Promise<Seen | undefined> {
    try {
      const { isFile, mtimeMs, size, ino } = await this.machine.files.look(path);
      if (isFile) return { mtimeMs, stamp: `${mtimeMs}:${size}:${ino}` };
      this.#reportOnce(path, `${path} is no file but a link or a folder; it is ignored.`);
    } catch (error) {
      this.#unreadable(path, error);
    }
    return undefined;
  }

  async #text(path: string): Promise<string | undefined> {
    try {
      return await this.machine.files.read(path);
    } catch (error) {
      this.#unreadable(path, error);
      return undefined;
    }
  }

  #unreadable(path: string, error: unknown): void {
    if (isMissing(error)) this.#cache.delete(path);
    else this.#reportOnce(path, `The record ${path} cannot be read: ${describeError(error)}`);
  }

  async #parse(path: string, seen: Seen, text: string): Promise<InstanceRecord | undefined> {
    const reading = parseRecord(text);
    switch (reading.kind) {
      case "record":
        if (reading.record.instanceId === basename(path, ENDING)) return await this.#keep(path, seen, reading.record);
        this.#reportOnce(
          path,
          `The record ${path} names another instance, ${reading.record.instanceId}; it is ignored.`,
        );
        break;
      case "newer":
        this.#reportOnce(
          path,
          `The record ${path} is of schema ${reading.version}, from a newer plugin; it is ignored.`,
        );
        break;
      case "corrupt":
        await this.#setAside(path, reading.problem);
        break;
      default:
        return unreachable(reading);
    }
    this.#cache.delete(path);
    return undefined;
  }

  async #keep(path: string, seen: Seen, found: InstanceRecord): Promise<InstanceRecord> {
    const record = { ...found, logPath: await locatedLog(this.machine.files, this.paths, found) };
    this.#cache.set(path, { ...seen, record: toListed(record), listing: this.#listing });
    return record;
  }

  /** A file that cannot be read keeps its content, under another name. */
  async #setAside(path: string, problem: string): Promise<void> {
    if (this.corrupt === "leave") {
      this.#reportOnce(path, `The record ${path} is no record (${problem}); it is ignored.`);
      return;
    }
    try {
      const aside = await setAside(path, async (from, to) => await this.machine.files.rename(from, to));
      this.#reportOnce(path, `The record ${path} is no record (${problem}); it was moved to ${aside}.`);
    } catch (error) {
      this.#reportOnce(
        path,
        `The record ${path} is no record (${problem}) and cannot be moved: ${describeError(error)}`,
      );
    }
  }

  #reportOnce(path: string, message: string): void {
    const isNew = !this.#reported.has(path);
    this.#reported.set(path, this.#listing);
    if (isNew) this.report(message);
  }
}
