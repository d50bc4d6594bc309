const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(":\n\n");

/** One event of a stream that carries JSON. */
export function toEvent(value: unknown): Uint8Array {
  return encoder.encode(`data: ${JSON.stringify(value)}\n\n`);
}

/**
 * Server-sent events to one page, of which only the latest of each subject counts: while the page is slow to read, a newer
 * one takes the place of the one that waits. It needs a server that asks for more only when the page has taken what it had.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #waiting = new Map<string, Uint8Array>();
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  /** Settles the page's wait for more. */
  #given: (() => void) | null = null;

  /** @param ended called once, when the page is gone */
  constructor(ended: () => void) {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      this.#controller = controller;
    };
    const pull = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#given = resolve;
      const [first] = this.#waiting;
      if (first !== undefined) {
        this.#waiting.delete(first[0]);
        this.#give(first[1]);
      }
      return promise;
    };
    const cancel = () => {
      this.#controller = null;
      this.#given = null;
      ended();
    };
    this.body = new ReadableStream({ start, pull, cancel }, { highWaterMark: 0 });
  }

  /** @param subject what the event tells of */
  send(event: Uint8Array, subject = "plan"): void {
    if (this.#given !== null) this.#give(event);
    else this.#waiting.set(subject, event);
  }

  /** Shows whatever is in between that the connection is in use; not to a page that has not read the last event. */
  beat(): void {
    if (this.#given !== null) this.#give(HEARTBEAT);
  }

  end(): void {
    this.#controller?.close();
    this.#controller = null;
    this.#given?.();
    this.#given = null;
  }

  #give(event: Uint8Array): void {
    this.#controller?.enqueue(event);
    this.#given?.();
    this.#given = null;
  }
}
