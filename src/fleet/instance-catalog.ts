import { systemFiles, type Files } from "../files/files.ts";
import type { InstanceRecord, ListedRecord } from "../store/record.ts";
import type { Clock } from "../lib/clock.ts";
import type { LiveView } from "../supervisor/live.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { systemClock } from "../lib/system-clock.ts";
import { orAborted } from "../lib/when-aborted.ts";

/** An instance as lists show it, whoever runs it. */
export interface ListedEntry {
  readonly record: ListedRecord;
  /** The file of the whole result, where there is one. */
  readonly resultPath: string;
  readonly queuePosition: number | undefined;
  /** What it waits for in the line, where this plugin instance runs it. */
  readonly waitsFor: LiveView["waitsFor"];
  /** The whole result, where the disk did not take it. */
  readonly unsavedResult: string | undefined;
  /** Since when its tool runs, in milliseconds since the epoch, where this plugin instance runs it. */
  readonly toolSince: number | undefined;
  /** Whether this plugin instance runs it. */
  readonly isOwn: boolean;
}

/** An instance as the tools see it. */
export interface CatalogEntry extends ListedEntry {
  readonly record: InstanceRecord;
}

export interface CatalogParts {
  readonly supervisor: Supervisor;
  readonly records: {
    read(instanceId: string): Promise<InstanceRecord | undefined>;
    list(): Promise<ListedRecord[]>;
  };
  readonly toRecord: (view: LiveView["instance"]) => InstanceRecord;
  readonly resultPath: (instanceId: string) => string;
  /** Settles when what earlier hosts left is settled. */
  readonly recovered: () => Promise<void>;
  /** Whether the owner of a record may still take up the turns that were asked for. */
  readonly ownerLives?: (record: InstanceRecord) => boolean;
  readonly clock?: Clock;
  readonly files?: Files;
}

/** How often a wait looks at a record that another host writes. */
const FOREIGN_POLL_MS = 500;
/** How long an answer waits for the settling of what earlier hosts left. */
const RECOVERY_LIMIT_MS = 8000;

/** Every instance: those of this plugin instance as they are now, all others as their records say. */
export class InstanceCatalog {
  readonly #clock: Clock;

  constructor(private readonly parts: CatalogParts) {
    this.#clock = parts.clock ?? systemClock;
  }

  async find(instanceId: string): Promise<CatalogEntry | undefined> {
    const own = this.parts.supervisor.view(instanceId);
    if (own !== undefined) return this.#ownEntry(own);
    await this.#recovered();
    const record = await this.parts.records.read(instanceId);
    // Its turn may have been taken on while the record was read.
    const since = this.parts.supervisor.view(instanceId);
    if (since !== undefined) return this.#ownEntry(since);
    return record === undefined ? undefined : this.#foreignEntry(record);
  }

  /** Every instance, oldest first. */
  async list(): Promise<ListedEntry[]> {
    await this.#recovered();
    const entries = new Map<string, ListedEntry>(
      (await this.parts.records.list()).map((record) => [record.instanceId, this.#foreignEntry(record)]),
    );
    for (const view of this.parts.supervisor.views()) entries.set(view.instance.instanceId, this.#ownEntry(view));
    return [...entries.values()].toSorted((a, b) => (a.record.instanceId < b.record.instanceId ? -1 : 1));
  }

  /** Settles when the instance's turn has ended, or when `signal` aborts. */
  async whenEnded(instanceId: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const entry = await this.find(instanceId);
      const hasEnded = entry === undefined || this.#hasEnded(entry.record);
      if (hasEnded && entry?.isOwn !== true) return;
      // An end is told once its record holds it: a host that dies in between leaves another truth behind.
      if (entry.isOwn) await orAborted(this.parts.supervisor.whenSettled(instanceId), signal);
      else await this.#atMost("after", FOREIGN_POLL_MS, async (limit) => await orAborted(limit, signal));
      if (hasEnded) return;
    }
  }

  /** The whole result of the last turn; empty when there is none. */
  async result({ record, resultPath, unsavedResult }: CatalogEntry): Promise<string> {
    if (unsavedResult !== undefined) return unsavedResult;
    if (record.resultPreview === null) return "";
    return await (this.parts.files ?? systemFiles).read(resultPath);
  }

  /** Turns that were asked for belong to what is waited for, as long as there is somebody to start them. */
  #hasEnded(record: InstanceRecord): boolean {
    if (record.endedAt === null) return false;
    return record.followUps.length === 0 || this.parts.ownerLives?.(record) === false;
  }

  #ownEntry({ instance, queuePosition, waitsFor, unsavedResult }: LiveView): CatalogEntry {
    const resultPath = this.parts.resultPath(instance.instanceId);
    const { liveness } = instance.progress;
    const toolSince = liveness?.phase === "tool" ? liveness.since : undefined;
    return {
      toolSince,
      record: this.parts.toRecord(instance),
      resultPath,
      queuePosition,
      waitsFor,
      unsavedResult,
      isOwn: true,
    };
  }

  #foreignEntry<R extends ListedRecord>(record: R): ListedEntry & { readonly record: R } {
    const resultPath = this.parts.resultPath(record.instanceId);
    return {
      record,
      resultPath,
      queuePosition: undefined,
      waitsFor: undefined,
      unsavedResult: undefined,
      toolSince: undefined,
      isOwn: false,
    };
  }

  async #recovered(): Promise<void> {
    await this.#atMost(
      "limit",
      RECOVERY_LIMIT_MS,
      async (limit) => await Promise.race([this.parts.recovered(), limit]),
    );
  }

  /** Waits for something that is over at the latest when its limit settles. */
  async #atMost(by: "after" | "limit", ms: number, wait: (limit: Promise<void>) => Promise<void>): Promise<void> {
    const limit = Promise.withResolvers<void>();
    const timer = this.#clock[by](ms, () => limit.resolve());
    try {
      await wait(limit.promise);
    } finally {
      timer.clear();
    }
  }
}
