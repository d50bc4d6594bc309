import { describeError } from "../../lib/describe-error.ts";
import { isAnything, isText, shape } from "../../lib/shape.ts";
import type { Clock, Timer } from "../../lib/clock.ts";
import { LineSplitter, type Line } from "../line-splitter.ts";

/** An event of the server, whichever directory it comes from. */
export interface ServerEvent {
  readonly type: string;
  readonly properties: unknown;
}

/** opencode sends a heartbeat every 10 s. */
const SILENT_MS = 25_000;
const CONNECT_LIMIT_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
/** The longest event that is read, in bytes: a part that holds a picture may have megabytes. */
const MAX_EVENT_BYTES = 8_388_608;
/** Where an event says what it is. */
const HEAD_CHARACTERS = 2000;
/** Each event comes a second time, for who keeps a copy of the database. */
const COPY = '"payload":{"type":"sync"';
/** Those that a turn cannot do without. */
const NEEDED =
  /"type":"(?:message\.(?:updated|part\.updated)|session\.(?:idle|status|error|created)|permission\.|question\.)/;

const isEnvelope = shape({ payload: shape({ type: isText, properties: isAnything }) });

export interface EventStreamParts {
  readonly open: (signal: AbortSignal) => Promise<Response>;
  readonly onEvent: (event: ServerEvent) => void;
  /** Events may have been missed: whoever needs them has to ask. */
  readonly onGap: () => void;
  /** It has broken off; what comes next is a gap, or this again. */
  readonly onBroken?: (why: string) => void;
  readonly report: (message: string) => void;
  readonly clock: Clock;
}

/**
 * The stream of a server's events (SSE). It connects again by itself, sooner at first and every 2 s in the end, and says
 * so; half an event, one that is too long and a connection that is open and silent count as such a gap.
 */
export class EventStream {
  /** Settles at the first connection; rejects when the server refuses it. */
  readonly connected: Promise<void>;
  readonly #parts: EventStreamParts;
  readonly #first = Promise.withResolvers<void>();
  #isClosed = false;
  #hasConnected = false;
  #lastChunkAt = 0;
  /** Ends what is under way: the connection, or the pause before the next one. */
  #interrupt: () => void = () => undefined;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.connected = this.#first.promise;
    // Nobody may be waiting for it yet.
    this.connected.catch(() => undefined);
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#interrupt();
    this.#first.reject(new Error("The connection was closed."));
  }

  async #run(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.#isClosed; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const before = this.#lastChunkAt;
      try {
        await this.#readOnce();
        if (!this.#isClosed) this.#brokeOff("the stream of events ended");
      } catch (error) {
        if (this.#isClosed) return;
        if (error instanceof RefusedError) this.#first.reject(error);
        this.#brokeOff(`the stream of events broke off: ${describeError(error)}`);
      }
      if (this.#lastChunkAt !== before) pause = FIRST_PAUSE_MS;
      await this.#wait(pause);
    }
  }

  #brokeOff(how: string): void {
    this.#parts.report(`${how}; it is opened again.`);
    this.#parts.onBroken?.(how);
  }

  async #readOnce(): Promise<void> {
    const { open, clock } = this.#parts;
    const broken = new AbortController();
    const { signal } = broken;
    this.#interrupt = () => broken.abort();
    const limit = clock.limit(CONNECT_LIMIT_MS, () => broken.abort(new Error("the server does not answer")));
    let watch: Timer | undefined;
    try {
      const response = await open(signal);
      if (response.status !== 200) throw new RefusedError(`the server refused it with HTTP ${response.status}`);
      if (response.body === null) throw new Error("the server sent nothing");
      this.#lastChunkAt = clock.now();
      const look = () => {
        const since = this.#lastChunkAt;
        const silent = () => broken.abort(new Error(`nothing came for ${SILENT_MS / 1000} s`));
        watch = clock.limit(SILENT_MS, () => (this.#lastChunkAt > since ? look() : silent()), since);
      };
      look();
      await this.#read(response.body, signal, () => limit.clear());
    } finally {
      limit.clear();
      watch?.clear();
    }
  }

  async #read(body: ReadableStream<Uint8Array>, signal: AbortSignal, onFirst: () => void): Promise<void> {
    const splitter = new LineSplitter(MAX_EVENT_BYTES);
    const reader = body.getReader();
    // It ends the read that waits; a promise to race with would keep a trace of each event for as long as the stream lasts.
    const stop = () => void reader.cancel().catch(() => undefined);
    signal.addEventListener("abort", stop);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        signal.throwIfAborted();
        if (done) return;
        this.#lastChunkAt = this.#parts.clock.now();
        onFirst();
        for (const line of splitter.push(value)) this.#line(line);
      }
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
    }
  }

  #line({ text, isCut }: Line): void {
    if (!text.startsWith("data:")) return;
    const head = text.slice(0, HEAD_CHARACTERS);
    if (head.includes(COPY)) return;
    const event = isCut ? undefined : parse(text.slice("data:".length));
    if (event !== undefined) {
      this.#take(event);
    } else if (NEEDED.test(head)) {
      this.#parts.report(`an event could not be read (${text.length} characters); what it said is asked for.`);
      this.#parts.onGap();
    }
  }

  #take(event: ServerEvent): void {
    if (event.type !== "server.connected") {
      this.#parts.onEvent(event);
    } else if (this.#hasConnected) {
      this.#parts.onGap();
    } else {
      this.#hasConnected = true;
      this.#first.resolve();
    }
  }

  async #wait(ms: number): Promise<void> {
    if (this.#isClosed) return;
    const over = Promise.withResolvers<void>();
    const timer = this.#parts.clock.after(ms, over.resolve);
    this.#interrupt = over.resolve;
    await over.promise;
    timer.clear();
  }
}

/** Another attempt would be answered alike. */
class RefusedError extends Error {}

function parse(text: string): ServerEvent | undefined {
  try {
    const envelope: unknown = JSON.parse(text);
    return isEnvelope(envelope) ? envelope.payload : undefined;
  } catch {
    // Half an event, or no JSON: the caller asks for what it may have said.
    return undefined;
  }
}
