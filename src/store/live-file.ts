import * as z from "../lib/schema.ts";
import type { Files } from "../files/files.ts";
import { isTerminal, type Instance } from "../supervisor/instance.ts";
import type { Clock, Timer } from "../lib/clock.ts";
import { timeSpan } from "../text/plain-text.ts";
import type { ListedRecord } from "./record.ts";
import { instancePath, type StatePaths } from "./state-paths.ts";

/** An agent's file is written so often at most: a change after a pause at once, those that follow it together. */
const BETWEEN_MS = 100;

const liveSchema = z.object({
  activity: z.string(),
  /** When it began, in milliseconds since the epoch. */
  since: z.number(),
  toolCallCount: z.number(),
  costUsd: z.number(),
  tokens: z.number(),
  lastActivityAt: z.number(),
});

/** What an agent does at this moment: newer than its record, which is forced to the disk and so written seldom. */
export type LiveState = z.infer<typeof liveSchema>;

/** `bg/<instanceId>.live`: JSON, and no record, which all end with `.json` */
export function livePath(paths: StatePaths, instanceId: string): string {
  return instancePath(paths, instanceId, ".live");
}

/** `undefined` where there is none, or half of one after a power failure: the record says enough then. */
export async function readLive(
  files: Pick<Files, "read">,
  paths: StatePaths,
  instanceId: string,
): Promise<LiveState | undefined> {
  try {
    return liveSchema.safeParse(JSON.parse(await files.read(livePath(paths, instanceId)))).data;
  } catch {
    return undefined;
  }
}

/**
 * A record with what is newer in the live file.
 *
 * @param now for a reader: its activity tells for how long a tool has run
 */
export function withLive(record: ListedRecord, live: LiveState | undefined, now?: number): ListedRecord {
  if (live === undefined || record.endedAt !== null) return record;
  const isTimed = now !== undefined && live.activity.startsWith("tool ");
  const took = isTimed ? `, ${timeSpan(now - live.since)}` : "";
  return {
    ...record,
    activity: `${live.activity}${took}`,
    toolCallCount: Math.max(record.toolCallCount, live.toolCallCount),
    costUsd: Math.max(record.costUsd, live.costUsd),
    lastActivityAt: new Date(Math.max(Date.parse(record.lastActivityAt), live.lastActivityAt)).toISOString(),
  };
}

interface Shown {
  instance: Instance;
  activity: string;
  since: number;
  /** When it may be written again. */
  nextAt: number;
  timer: Timer | null;
  writing: Promise<void> | null;
}

/** Writes what agents do for those who look on. Nothing hangs on it: what cannot be written is not shown. */
export class LiveFiles {
  readonly #shown = new Map<string, Shown>();
  #isClosed = false;

  constructor(
    private readonly paths: StatePaths,
    private readonly clock: Clock,
    private readonly files: Pick<Files, "replaceQuickly" | "remove" | "removeNow">,
  ) {}

  /** An agent's progress has changed. */
  show(instance: Instance): void {
    if (this.#isClosed || isTerminal(instance)) return;
    const { activity } = instance.progress;
    const now = this.clock.now();
    const known = this.#shown.get(instance.instanceId);
    const shown = known ?? { instance, activity, since: now, nextAt: now, timer: null, writing: null };
    if (shown.activity !== activity) Object.assign(shown, { activity, since: now });
    shown.instance = instance;
    this.#shown.set(instance.instanceId, shown);
    // Also at once it is a timer: what changes in the same moment is seen together.
    shown.timer ??= this.clock.after(Math.max(0, shown.nextAt - now), () => {
      shown.timer = null;
      shown.nextAt = this.clock.now() + BETWEEN_MS;
      void this.#write(shown);
    });
  }

  /** An agent's turn is over: its record says all, also where another host had shown it. */
  async end(instanceId: string): Promise<void> {
    const shown = this.#shown.get(instanceId);
    this.#shown.delete(instanceId);
    shown?.timer?.clear();
    await shown?.writing;
    await this.files.remove(livePath(this.paths, instanceId)).catch(() => undefined);
  }

  /** As {@link LiveFiles.end}, before it returns. */
  endNow(instanceId: string): void {
    try {
      this.files.removeNow(livePath(this.paths, instanceId));
    } catch {
      // There is none, mostly.
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#shown.values()) timer?.clear();
  }

  async #write(shown: Shown): Promise<void> {
    const { instance, activity, since } = shown;
    const { toolCallCount, costUsd, tokens, lastActivityAt, liveness } = instance.progress;
    const state: LiveState = {
      activity,
      since: liveness?.phase === "tool" ? liveness.since : since,
      ...{ toolCallCount, costUsd, lastActivityAt },
      tokens: Object.values(tokens).reduce((sum, count) => sum + count, 0),
    };
    await shown.writing;
    if (this.#isClosed || this.#shown.get(instance.instanceId) !== shown) return;
    shown.writing = this.#replace(instance.instanceId, JSON.stringify(state)).catch(() => undefined);
    await shown.writing;
  }

  async #replace(instanceId: string, text: string): Promise<void> {
    await this.files.replaceQuickly(livePath(this.paths, instanceId), text);
    // Written when all was over already.
    if (this.#isClosed) this.endNow(instanceId);
  }
}
