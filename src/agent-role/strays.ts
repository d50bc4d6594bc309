import { AdoptedOrphans, canAdopt, RememberedDescendants, type OrphanWatch, type Loose } from "../processes/orphans.ts";
import { becomeSubreaper } from "./subreaper.ts";
import type { Stray } from "./tree-report.ts";

const LOOK_MS = 1000;
const SOON_MS = 100;
/** Of a table that is listed as a whole, by a program of its own on macOS. */
const LISTED_LOOK_MS = 3000;

export interface StraysParts {
  /** The agents that may have started it. */
  readonly ownersOf: (loose: Loose, known: readonly Stray[]) => readonly string[];
  /** Told of all that run, whenever they are others than before. Throws where that did not arrive. */
  readonly tell: (strays: readonly Stray[]) => void;
  /** Something runs that may leave more behind. */
  readonly isAtWork: () => boolean;
}

/**
 * Keeps what runs below this process that its marker alone may not find, so that it can be ended with the agent that started it, also when
 * this process has been killed. One for the process, whichever plugin instances come and go.
 */
export class Strays {
  #known: readonly Stray[] = [];
  #told = "[]";
  #watch: OrphanWatch | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lookMs = LOOK_MS;
  /** Settles when orphans are adopted, or known not to be. Never rejects. */
  readonly ready: Promise<void>;

  constructor(
    private readonly parts: StraysParts,
    open: () => Promise<OrphanWatch> = openWatch,
  ) {
    this.ready = this.#open(open);
  }

  async #open(open: () => Promise<OrphanWatch>): Promise<void> {
    this.#watch = await open();
    if (this.#watch instanceof RememberedDescendants) this.#lookMs = LISTED_LOOK_MS;
    this.wake();
  }

  /** Those that ran at the last look. */
  get known(): readonly Stray[] {
    return this.#known;
  }

  /** Something has begun to run. */
  wake(): void {
    this.#timer ??= this.#later(0);
  }

  /** Looks now. */
  look(): void {
    try {
      const found = this.#watch?.look();
      if (found === undefined) return;
      this.#known = found.loose.map((loose) => ({
        pid: loose.process.pid,
        startTime: loose.process.startTime,
        owners: this.parts.ownersOf(loose, this.#known),
      }));
      this.#tell();
      this.#goOn(found.isSoonDue ? SOON_MS : this.#lookMs, found.isSoonDue);
    } catch {
      // Nothing can be seen just now, or told: the next look does both.
      this.#goOn(this.#lookMs, true);
    }
  }

  #tell(): void {
    const text = JSON.stringify(this.#known);
    if (text === this.#told) return;
    this.parts.tell(this.#known);
    this.#told = text;
  }

  #goOn(delayMs: number, isDue: boolean): void {
    clearTimeout(this.#timer);
    const isNeeded = isDue || this.#known.some(({ owners }) => owners.length > 0) || this.parts.isAtWork();
    this.#timer = isNeeded ? this.#later(delayMs) : undefined;
  }

  #later(delayMs: number): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => this.look(), delayMs);
    // It must not keep a finished run alive.
    timer.unref();
    return timer;
  }
}

async function openWatch(): Promise<OrphanWatch> {
  if (!canAdopt()) return new RememberedDescendants();
  const reap = await becomeSubreaper().catch(() => undefined);
  return reap === undefined ? new RememberedDescendants() : new AdoptedOrphans(reap);
}
