const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(":\n\n");

/** One event of a stream that carries JSON. */
export function toEvent(value: unknown): Uint8Array {
  return encoder.encode(`data: ${JSON.stringify(value)}\n\n`);
}

/**
 * Server-sent events to one page, of which only the latest counts: while the page is slow to read, a newer one takes
 * the place of the one that waits. It needs a server that asks for more only when the page has taken what it had.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  #latest: Uint8Array | null = null;
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
      if (this.#latest !== null) this.#give(this.#latest);
      return promise;
    };
    const cancel = () => {
      this.#controller = null;
      this.#given = null;
      ended();
    };
    this.body = new ReadableStream({ start, pull, cancel }, { highWaterMark: 0 });
  }

  send(event: Uint8Array): void {
    this.#latest = event;
    if (this.#given !== null) this.#give(event);
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
    if (event === this.#latest) this.#latest = null;
    this.#controller?.enqueue(event);
    this.#given?.();
    this.#given = null;
  }
}
