import type { BaseClock, Timer } from "../lib/clock.ts";
import { systemClock } from "../lib/system-clock.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { SupervisionContext } from "./supervision-context.ts";

/** Whoever starts an opencode waits for what it does in its first second. */
const AFTER_START_MS = 1000;
/** The request is on its way by then, and the host waits for the model. */
const AFTER_REQUEST_MS = 100;

/**
 * The supervision, loaded when the host has nothing else to do, or when something asks for it: opencode does its start,
 * and its first request to the model, in the thread that would read these files. Recovery, which begins with it, asks the
 * host for messages.
 */
export class LazySupervision {
  #timer: Timer;
  #hasAsked = false;
  #started: Promise<Fleet> | undefined;
  #current: Fleet | undefined;
  #isClosed = false;

  constructor(
    private readonly context: SupervisionContext,
    private readonly clock: BaseClock = systemClock,
    private readonly load = async () => (await import("./supervision.ts")).startSupervision,
  ) {
    this.#timer = this.#startIn(AFTER_START_MS);
  }

  /** What is loaded by now; before that there are no agents of this opencode. */
  get current(): Fleet | undefined {
    return this.#current;
  }

  /** A request to a model is about to be sent. */
  requested(): void {
    if (this.#hasAsked || this.#started !== undefined || this.#isClosed) return;
    this.#hasAsked = true;
    this.#timer.clear();
    this.#timer = this.#startIn(AFTER_REQUEST_MS);
  }

  /** Settles with the supervision; rejects when the plugin's own files cannot be loaded. */
  async started(): Promise<Fleet> {
    return await (this.#started ??= this.#start());
  }

  /** An event of the host; those from before the supervision was loaded concern no agent of its. */
  event(event: { type: string; properties: unknown }): void {
    this.#current?.event(event);
  }

  /** Ends every agent at once, before it returns. What is started by a call that comes later is ended as well. */
  close(): void {
    this.#isClosed = true;
    this.#timer.clear();
    this.#current?.close();
  }

  #startIn(ms: number): Timer {
    const { diagnostics } = this.context;
    const failed = (error: unknown) => diagnostics.report("Bizar could not be loaded; no agent can be started.", error);
    return this.clock.after(ms, () => void this.started().catch(failed));
  }

  async #start(): Promise<Fleet> {
    this.#timer.clear();
    const startSupervision = await this.load();
    this.#current = startSupervision(this.context);
    // dispose may have come while the files were read.
    if (this.#isClosed) this.#current.close();
    return this.#current;
  }
}
