import type { TelemetryState } from "./telemetry.ts";
import type { Telemetry } from "./telemetry-line.ts";

/** What a person sees of a change comes within a quarter of a second, the way from here to the screen included. */
const MIN_INTERVAL_MS = 100;
/** While nothing but further words come, the time of the last one is told this often. */
const QUIET_INTERVAL_MS = 1000;
/** Also what tells the supervisor that the child's event loop still turns. */
const HEARTBEAT_MS = 5000;

/**
 * Reports telemetry: a change at once where the last report is long enough ago, otherwise with the next one, and a
 * heartbeat when nothing changes.
 */
export class TelemetryReporter {
  #lastAt = 0;
  #pending: { readonly timer: ReturnType<typeof setTimeout>; readonly at: number } | null = null;
  readonly #heartbeat: ReturnType<typeof setInterval>;

  constructor(
    private readonly state: TelemetryState,
    private readonly tell: (telemetry: Telemetry) => void,
  ) {
    this.#heartbeat = setInterval(() => this.speak(), HEARTBEAT_MS);
    // The reporter must not keep a finished run alive.
    this.#heartbeat.unref();
  }

  /** Something changed. */
  changed(): void {
    this.#speakAt(this.#lastAt + MIN_INTERVAL_MS);
  }

  /** A sign of life that changes nothing else. */
  touched(): void {
    this.#speakAt(this.#lastAt + QUIET_INTERVAL_MS);
  }

  #speakAt(at: number): void {
    if (this.#pending !== null && this.#pending.at <= at) return;
    const wait = at - Date.now();
    if (wait <= 0) {
      this.speak();
      return;
    }
    if (this.#pending !== null) clearTimeout(this.#pending.timer);
    this.#pending = { at, timer: setTimeout(() => this.speak(), wait) };
    this.#pending.timer.unref();
  }

  /** Reports now. */
  speak(): void {
    if (this.#pending !== null) clearTimeout(this.#pending.timer);
    this.#pending = null;
    this.#lastAt = Date.now();
    this.tell(this.state.report(this.#lastAt));
  }

  /** The last report. */
  close(): void {
    this.speak();
    clearInterval(this.#heartbeat);
  }
}
