import type { CanvasChanges, ChangesResult } from "../canvas-changes.ts";
import type { ChangesEvent, ReviewedChanges } from "../changes-api.ts";
import type { Watch } from "./page-streams.ts";

/** Calls back once, later. @returns what ends it */
export type After = (delayMs: number, callback: () => void) => () => void;

/** Nothing tells of what an agent writes, nor of what the person edits: it is looked at, while a page shows it. */
const PAUSE_MS = 1500;
/** A look at a large repository takes a while: at most this part of the time goes into looking. */
const LONGEST_SHARE = 1 / 4;

/** Looks at agents' changes for as long as pages follow them. */
export class ChangesWatch {
  readonly #lookers = new Map<string, Set<() => void>>();

  constructor(
    private readonly changes: Pick<CanvasChanges, "look">,
    private readonly after: After,
    private readonly now: () => number = () => performance.now(),
  ) {}

  readonly watch: Watch<ChangesEvent> = (instanceId, changed) => {
    let told = "";
    let stop: (() => void) | undefined;
    let isClosed = false;
    let isLooking = false;
    let isAsked = false;
    const look = async () => {
      stop?.();
      isAsked = isLooking;
      if (isLooking || isClosed) return;
      isLooking = true;
      const begin = this.now();
      const event = eventOf(await this.#look(instanceId));
      isLooking = false;
      // It may have been closed meanwhile.
      if (this.#isClosed(instanceId, ask)) return;
      const text = JSON.stringify(event);
      if (text !== told) changed(event);
      told = text;
      const pause = Math.max(PAUSE_MS, (this.now() - begin) * (1 / LONGEST_SHARE - 1));
      stop = this.after(isAsked ? 0 : pause, ask);
    };
    const ask = () => void look();
    const all = this.#lookers.get(instanceId) ?? new Set();
    this.#lookers.set(instanceId, all.add(ask));
    ask();
    return {
      close: () => {
        isClosed = true;
        stop?.();
        all.delete(ask);
        if (all.size === 0) this.#lookers.delete(instanceId);
      },
    };
  };

  /** Something was done with them: looks at once. */
  lookNow(instanceId: string): void {
    for (const ask of this.#lookers.get(instanceId) ?? []) ask();
  }

  #isClosed(instanceId: string, ask: () => void): boolean {
    return this.#lookers.get(instanceId)?.has(ask) !== true;
  }

  async #look(instanceId: string): Promise<ChangesResult<ReviewedChanges>> {
    try {
      return await this.changes.look(instanceId);
    } catch (error) {
      return { ok: false, reason: "failed", error: error instanceof Error ? error.message : String(error) };
    }
  }
}

function eventOf(looked: ChangesResult<ReviewedChanges>): ChangesEvent {
  return looked.ok ? { type: "changes", changes: looked.value } : { type: "problem", message: looked.error };
}
