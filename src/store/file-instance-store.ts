import { basename } from "node:path";
import { isTerminal, type Instance } from "../supervisor/instance.ts";
import type { Clock, Timer } from "../lib/clock.ts";
import type { InstanceStore } from "../supervisor/ports.ts";
import { systemFiles, type Files } from "../files/files.ts";
import { LiveFiles } from "./live-file.ts";
import { RecordHeartbeat } from "./record-heartbeat.ts";
import { isMissing } from "../lib/is-missing.ts";
import { parseRecord, toRecord, type InstanceRecord, type RecordOrigin } from "./record.ts";
import { logPath, makeFolders, recordPath, resultPath, type StatePaths } from "./state-paths.ts";

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/** The states of one instance on their way to the disk. */
interface Writer {
  /** The newest state that is not on disk, and a result that goes before it; `null` when all is. */
  wanted: { readonly instance: Instance; readonly result: string | undefined } | null;
  writing: Promise<void> | null;
  retry: Timer | null;
  retryMs: number;
}

/** Keeps records and results as files. One writer a file; states are written in order, skipped ones are never seen. */
export class FileInstanceStore implements InstanceStore {
  readonly #writers = new Map<string, Writer>();
  #hasFolders = false;
  readonly #heartbeat: RecordHeartbeat;
  readonly #live: LiveFiles;
  #onExit: RecordOrigin["onExit"];
  #isClosed = false;
  readonly #isOpen = (): boolean => !this.#isClosed;

  constructor(
    private readonly paths: StatePaths,
    private readonly origin: Pick<RecordOrigin, "supervisor" | "onExit">,
    private readonly clock: Clock,
    private readonly files: Files = systemFiles,
    /** Another host has taken the instance over: nothing of it is written here any more. */
    private readonly onTaken: (instanceId: string) => void = () => undefined,
  ) {
    this.#heartbeat = new RecordHeartbeat(async (instanceId) => await this.#beat(instanceId), clock);
    this.#onExit = origin.onExit;
    this.#live = new LiveFiles(paths, clock, files);
  }

  async create(instance: Instance): Promise<void> {
    if (!this.#hasFolders) {
      await makeFolders(this.paths, this.files);
      this.#hasFolders = true;
    }
    await this.#forget(instance.instanceId);
    const path = recordPath(this.paths, instance.instanceId);
    if (!(await this.#replace(path, this.#text(instance)))) throw new Error("The store is closed.");
    // Of an end that is settled here another host may have shown the beginning.
    if (isTerminal(instance)) await this.#live.end(instance.instanceId);
    this.#renew(instance);
  }

  async save(instance: Instance, result?: string): Promise<void> {
    const writer = this.#writer(instance.instanceId);
    writer.wanted = { instance, result };
    writer.retry?.clear();
    writer.retry = null;
    writer.writing ??= this.#writeAll(instance.instanceId, writer).finally(() => (writer.writing = null));
    await writer.writing;
  }

  /** What is written from now on says that its agent comes to its own end without this host. */
  letFinish(): void {
    this.#onExit = "finish";
  }

  show(instance: Instance): void {
    this.#live.show(instance);
  }

  /** Nothing reaches the disk any more but by {@link FileInstanceStore.saveNow}: others may own the records from now on. */
  close(): void {
    this.#isClosed = true;
    this.#heartbeat.close();
    this.#live.close();
    for (const { retry } of this.#writers.values()) retry?.clear();
  }

  saveNow(instance: Instance, result?: string): void {
    this.close();
    const writer = this.#writers.get(instance.instanceId);
    if (writer !== undefined) writer.wanted = null;
    if (this.#isTakenNow(instance.instanceId)) return;
    if (result !== undefined) this.files.replaceNow(resultPath(this.paths, instance.instanceId), result);
    this.files.replaceNow(recordPath(this.paths, instance.instanceId), this.#text(instance));
    this.#live.endNow(instance.instanceId);
  }

  isDirty(instanceId: string): boolean {
    return (this.#writers.get(instanceId)?.wanted ?? null) !== null;
  }

  async isTaken(instanceId: string): Promise<boolean> {
    const path = recordPath(this.paths, instanceId);
    // Not there, or not to be read: then what this host knows is the best that there is.
    const text = await this.files.read(path).catch(() => "");
    if (!this.#isForeign(text)) return false;
    this.#giveUp(instanceId);
    return true;
  }

  /** Settles when the whole result is durable. */
  async writeResult(instanceId: string, text: string): Promise<void> {
    await this.#replace(resultPath(this.paths, instanceId), text);
  }

  logPath(instanceId: string): string {
    return logPath(this.paths, instanceId);
  }

  resultPath(instanceId: string): string {
    return resultPath(this.paths, instanceId);
  }

  /** Writes until the newest state is on disk. Rejects, and tries again later, when a write fails. */
  async #writeAll(instanceId: string, writer: Writer): Promise<void> {
    for (let next = writer.wanted; next !== null && !this.#isClosed; next = writer.wanted) {
      try {
        if (await this.isTaken(instanceId)) return;
        if (await this.#write(next.instance, next.result)) this.#renew(next.instance);
        if (isTerminal(next.instance)) await this.#live.end(instanceId);
      } catch (error) {
        this.#retryLater(writer);
        throw error;
      }
      writer.retryMs = FIRST_RETRY_MS;
      if (writer.wanted === next) writer.wanted = null;
    }
    this.#writers.delete(instanceId);
  }

  /** A record never tells of a result that is not there. */
  async #write(instance: Instance, text: string | undefined): Promise<boolean> {
    const { instanceId } = instance;
    const result = text === undefined ? undefined : this.writeResult(instanceId, text);
    result?.catch(() => undefined);
    try {
      return await this.#replace(recordPath(this.paths, instanceId), this.#text(instance), result);
    } finally {
      // What is wrong with it is told as its own.
      await result;
    }
  }

  /** Somebody may have removed the folder meanwhile. */
  async #replace(path: string, text: string, behind?: Promise<unknown>): Promise<boolean> {
    try {
      return await this.files.replace(path, text, this.#isOpen, behind);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await makeFolders(this.paths, this.files);
      return await this.files.replace(path, text, this.#isOpen, behind);
    }
  }

  /** Ends what is on its way to the disk: something newer is about to be written. */
  async #forget(instanceId: string): Promise<void> {
    const writer = this.#writers.get(instanceId);
    if (writer === undefined) return;
    writer.wanted = null;
    writer.retry?.clear();
    await writer.writing?.catch(() => undefined);
    this.#writers.delete(instanceId);
  }

  /** From now on its record tells hosts elsewhere that its owner lives, until it has ended. */
  #renew(instance: Instance): void {
    if (this.#isClosed) return;
    // Its end is this host's to tell: until it is told, nobody may take this host for gone.
    const isAtRest = isTerminal(instance) && instance.announcement?.state !== "pending";
    this.#heartbeat.written(instance.instanceId, isAtRest);
  }

  async #beat(instanceId: string): Promise<void> {
    if (!(await this.isTaken(instanceId))) await this.files.touch(recordPath(this.paths, instanceId));
  }

  /** As {@link FileInstanceStore.isTaken}, before it returns. */
  #isTakenNow(instanceId: string): boolean {
    try {
      return this.#isForeign(this.files.readNow(recordPath(this.paths, instanceId)));
    } catch {
      // As there.
      return false;
    }
  }

  #isForeign(text: string): boolean {
    const reading = parseRecord(text);
    return reading.kind === "record" && reading.record.supervisor.token !== this.origin.supervisor.token;
  }

  /** The end of an instance is not this host's to tell: nobody elsewhere has to think that it may come to it yet. */
  rest(instanceId: string): void {
    this.#heartbeat.written(instanceId, true);
  }

  #giveUp(instanceId: string): void {
    const writer = this.#writers.get(instanceId);
    if (writer !== undefined) writer.wanted = null;
    this.#writers.delete(instanceId);
    this.#heartbeat.written(instanceId, true);
    this.onTaken(instanceId);
  }

  #retryLater(writer: Writer): void {
    if (this.#isClosed) return;
    writer.retry = this.clock.after(writer.retryMs, () => {
      // The first failure was reported; the next attempt follows by itself.
      const { wanted } = writer;
      if (wanted !== null) this.save(wanted.instance, wanted.result).catch(() => undefined);
    });
    writer.retryMs = Math.min(writer.retryMs * 2, LONGEST_RETRY_MS);
  }

  #writer(instanceId: string): Writer {
    const known = this.#writers.get(instanceId);
    if (known !== undefined) return known;
    const writer: Writer = { wanted: null, writing: null, retry: null, retryMs: FIRST_RETRY_MS };
    this.#writers.set(instanceId, writer);
    return writer;
  }

  /** The record of an instance that is this host's. */
  toRecord(instance: Instance): InstanceRecord {
    return toRecord(instance, { ...this.origin, onExit: this.#onExit, logPath: this.logPath(instance.instanceId) });
  }

  #text(instance: Instance): string {
    // A name: the state folder may be moved. Nobody here reads it, since the name is the instance's.
    const resultPath = basename(this.resultPath(instance.instanceId));
    return `${JSON.stringify({ ...this.toRecord(instance), resultPath }, undefined, 2)}\n`;
  }
}
