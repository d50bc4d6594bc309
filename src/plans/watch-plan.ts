import { dirname } from "node:path";
import { watchNames } from "../files/watch-names.ts";
import { identifyFolder } from "../files/folder-identity.ts";
import type { BaseClock } from "../lib/clock.ts";
import type { Result, StoredPlan } from "./plan-store-port.ts";
import { onceMore } from "../lib/once-more.ts";

/** A change comes as several events: they are one look. */
const SETTLE_MS = 20;
/** An editor that writes in place leaves half a file for a moment: a problem has to last this long before it is told. */
const DOUBT_MS = 60;
/** How often to look where the system watches nothing. */
const POLL_MS = 1_000;

/** A plan as it is now, and a text that is another whenever the plan is. */
export interface Sight {
  readonly result: Result<StoredPlan>;
  readonly fingerprint: string;
}

export interface PlanWatchParts {
  /** Absolute; `undefined` where there can be none. */
  readonly planFolder: string | undefined;
  readonly clock: BaseClock;
  readonly look: () => Promise<Sight>;
  readonly changed: (now: Result<StoredPlan>) => void;
  /** Watches the names in a folder, as {@link watchNames} does. */
  readonly watchNames?: typeof watchNames;
}

interface Watched {
  /** As {@link identifyFolder} tells it. */
  readonly identity: string;
  readonly watcher: { close(): void };
}

/** A problem that is not told yet. */
interface Doubted {
  readonly fingerprint: string;
  readonly timer: { clear(): void };
  /** It has lasted for {@link DOUBT_MS}. */
  hasLasted: boolean;
}

/** Tells of a plan's changes: of its files, and of its coming and going. */
export class PlanWatch {
  readonly #parts: PlanWatchParts;
  readonly #watched = new Map<string, Watched>();
  #told: string | undefined;
  #doubted: Doubted | undefined;
  readonly #ask = onceMore(async () => await this.#look());
  #isClosed = false;
  #soon: { clear(): void } | undefined;
  #poll: { clear(): void } | undefined;

  constructor(parts: PlanWatchParts) {
    this.#parts = parts;
    this.lookNow();
  }

  /** Looks at once: this process itself has changed the plan. */
  lookNow(): void {
    this.#ask();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimers();
    this.#endDoubt();
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  async #look(): Promise<void> {
    if (this.#isClosed) return;
    this.#stopTimers();
    // Watched first: what happens after the look is told by an event.
    await this.#watchFolders();
    this.#tell(await this.#parts.look());
  }

  #tell({ result, fingerprint }: Sight): void {
    if (fingerprint !== this.#doubted?.fingerprint) this.#endDoubt();
    if (this.#isClosed || fingerprint === this.#told) return;
    if (!result.ok && this.#told !== undefined && this.#doubted?.hasLasted !== true) {
      this.#doubted ??= this.#doubt(fingerprint);
      return;
    }
    this.#endDoubt();
    this.#told = fingerprint;
    this.#parts.changed(result);
  }

  #doubt(fingerprint: string): Doubted {
    const timer = this.#parts.clock.after(DOUBT_MS, () => {
      doubted.hasLasted = true;
      this.lookNow();
    });
    const doubted = { fingerprint, timer, hasLasted: false };
    return doubted;
  }

  #endDoubt(): void {
    this.#doubted?.timer.clear();
    this.#doubted = undefined;
  }

  #lookIn(delayMs: number): void {
    if (this.#isClosed) return;
    this.#soon ??= this.#parts.clock.after(delayMs, () => {
      this.#soon = undefined;
      this.lookNow();
    });
  }

  #pollOn(): void {
    if (this.#isClosed) return;
    this.#poll ??= this.#parts.clock.after(POLL_MS, () => {
      this.#poll = undefined;
      this.lookNow();
    });
  }

  #stopTimers(): void {
    this.#soon?.clear();
    this.#poll?.clear();
    this.#soon = undefined;
    this.#poll = undefined;
  }

  /** Watches the plan's folder, the plans' for its coming, and the one above where there are no plans yet. */
  async #watchFolders(): Promise<void> {
    const { planFolder } = this.#parts;
    if (planFolder === undefined) return;
    const plans = dirname(planFolder);
    const isThere = await this.#watchFolder(plans);
    if (!isThere) await this.#watchFolder(dirname(plans));
    await this.#watchFolder(planFolder);
  }

  async #watchFolder(folder: string): Promise<boolean> {
    const identity = await identifyFolder(folder);
    const watched = this.#watched.get(folder);
    if (identity === watched?.identity) return identity !== undefined;
    watched?.watcher.close();
    this.#watched.delete(folder);
    if (identity === undefined || this.#isClosed) return false;
    const watch = this.#parts.watchNames ?? watchNames;
    let hasFailed = false;
    const watcher = watch(
      folder,
      () => this.#lookIn(SETTLE_MS),
      () => {
        hasFailed = true;
        this.#watched.delete(folder);
        this.#pollOn();
      },
    );
    if (!hasFailed) this.#watched.set(folder, { identity, watcher });
    return true;
  }
}
