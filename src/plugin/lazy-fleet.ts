import type { Fleet } from "../fleet/fleet.ts";
import type { BaseClock, Timer } from "../lib/clock.ts";
import { Lazy } from "../lib/lazy.ts";
import { systemClock } from "../lib/system-clock.ts";
import type { FleetContext } from "./fleet-context.ts";

/** Whoever starts an opencode waits for what it does in its first second. */
const AFTER_START_MS = 1000;
/** A run makes its first request much later than that, and whoever started it waits for its end. */
const AFTER_RUN_START_MS = 10_000;
/** The request is on its way by then, and the host waits for the model. */
const AFTER_REQUEST_MS = 500;

/**
 * The fleet, loaded when the host has nothing else to do, or when something asks for it: opencode does its start, and its
 * first request to the model, in the thread that would read these files. Recovery, which begins with it, asks the host for
 * messages.
 */
export class LazyFleet {
  readonly #fleet: Lazy<Fleet>;
  #timer: Timer;
  #hasRequested = false;

  constructor(
    private readonly context: FleetContext & { readonly isRun?: boolean },
    private readonly clock: BaseClock = systemClock,
    load: () => Promise<(context: FleetContext) => Fleet> = async () => (await import("./start-fleet.ts")).startFleet,
  ) {
    this.#fleet = new Lazy(async () => (await load())(context));
    this.#timer = this.#startIn(context.isRun === true ? AFTER_RUN_START_MS : AFTER_START_MS);
  }

  /** What is loaded by now; before that there are no agents of this opencode. */
  get current(): Fleet | undefined {
    return this.#fleet.current;
  }

  /** Whether somebody has asked for it; before that no agent was started here. */
  get isAsked(): boolean {
    return this.#fleet.isAsked;
  }

  /** A request to a model is about to be sent. */
  requested(): void {
    if (this.#hasRequested || this.#fleet.isAsked || this.#fleet.isClosed) return;
    this.#hasRequested = true;
    this.#timer.clear();
    this.#timer = this.#startIn(AFTER_REQUEST_MS);
  }

  /** Settles with the fleet; rejects when the plugin's own files cannot be loaded. */
  readonly get = async (): Promise<Fleet> => {
    this.#timer.clear();
    return await this.#fleet.get();
  };

  /** An event of the host; those from before the fleet was loaded concern no agent of its. */
  event(event: { type: string; properties: unknown }): void {
    this.current?.event(event);
  }

  /** Ends every agent at once, before it returns. What is started by a call that comes later is ended as well. */
  close(): void {
    this.#timer.clear();
    this.#fleet.close();
  }

  #startIn(ms: number): Timer {
    const { diagnostics } = this.context;
    const failed = (error: unknown) => diagnostics.report("Bizar could not be loaded; no agent can be started.", error);
    return this.clock.after(ms, () => void this.get().catch(failed));
  }
}
