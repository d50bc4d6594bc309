import type { TelemetryState } from "./telemetry.ts";
import { formatTelemetry } from "./telemetry-line.ts";

const MIN_INTERVAL_MS = 250;
/** Also what tells the supervisor that the child's event loop still turns. */
const HEARTBEAT_MS = 5000;

/**
 * Reports telemetry: a change at once where the last report is long enough ago, otherwise with the next one, and a
 * heartbeat when nothing changes.
 */
export class Voice {
  #lastAt = 0;
  #pending: ReturnType<typeof setTimeout> | null = null;
  readonly #heartbeat: ReturnType<typeof setInterval>;

  constructor(
    private readonly nonce: string,
    private readonly state: TelemetryState,
    private readonly write: (line: string) => void,
  ) {
    this.#heartbeat = setInterval(() => this.speak(), HEARTBEAT_MS);
    // The voice must not keep a finished run alive.
    this.#heartbeat.unref();
  }

  /** Something changed. */
  changed(): void {
    if (this.#pending !== null) return;
    const wait = Math.max(0, this.#lastAt + MIN_INTERVAL_MS - Date.now());
    if (wait === 0) {
      this.speak();
      return;
    }
    this.#pending = setTimeout(() => this.speak(), wait);
    this.#pending.unref();
  }

  /** Reports now. */
  speak(): void {
    if (this.#pending !== null) clearTimeout(this.#pending);
    this.#pending = null;
    this.#lastAt = Date.now();
    this.write(`${formatTelemetry(this.nonce, this.state.report(this.#lastAt))}\n`);
  }

  /** The last report. */
  close(): void {
    this.speak();
    clearInterval(this.#heartbeat);
  }
}
