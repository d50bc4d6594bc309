import type { PlanEvent } from "../../api.ts";
import type { Outcome } from "./api-client.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** What is used of an `EventSource`. */
export interface EventsOfServer {
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (message: { readonly data: unknown }) => void): void;
  close(): void;
}

export interface LiveEventsParts<Event, Probed> {
  readonly connect: () => EventsOfServer;
  readonly opened: () => void;
  readonly received: (event: Event) => void;
  readonly lost: (outcome: Probed) => void;
  /** Why the stream could not be opened: an `EventSource` does not say. */
  readonly probe: () => Promise<Probed>;
}

/** Follows what the page shows, and tries again for as long as the page is there. */
export class LiveEvents<Event = PlanEvent, Probed = Outcome> {
  #source: EventsOfServer | null = null;
  #isOpen = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  readonly #parts: LiveEventsParts<Event, Probed>;

  constructor(parts: LiveEventsParts<Event, Probed>) {
    this.#parts = parts;
  }

  connect(): void {
    this.close();
    const source = this.#parts.connect();
    this.#source = source;
    source.addEventListener("open", () => {
      this.#isOpen = source === this.#source;
      this.#parts.opened();
    });
    source.addEventListener("message", (message) => {
      this.#parts.received(JSON.parse(String(message.data)) as Event);
    });
    source.addEventListener("error", () => {
      if (source === this.#source) void this.retry();
    });
  }

  /** All goes well: the next failure is the first again. */
  settled(): void {
    this.#failures = 0;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#isOpen = false;
  }

  /** Connects again after a while, each time later. */
  async retry(): Promise<void> {
    this.close();
    const delayMs = retryDelayMs(this.#failures, Math.random());
    this.#failures += 1;
    this.#timer = setTimeout(() => this.connect(), delayMs);
    const outcome = await this.#parts.probe();
    // The answer may take longer than the way back.
    if (!this.#isOpen) this.#parts.lost(outcome);
  }
}
