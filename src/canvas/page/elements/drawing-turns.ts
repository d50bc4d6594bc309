/** The longest that one drawing is waited for. */
const MOST_MS = 120_000;
/** How long a drawing that nobody looks at any more may take to its end: a new frame takes longer. */
const LET_END_MS = 1000;

/** Calls back after so many milliseconds. Returns what ends the wait. */
type After = (ms: number, run: () => void) => () => void;

/** One drawing after the other in one frame, which is ended with what takes too long. */
export class DrawingTurns<Frame extends { remove(): void }> {
  #frame: Frame | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly createFrame: () => Frame,
    private readonly after: After,
  ) {}

  /**
   * Draws when it is its turn.
   *
   * @param signal says that nobody looks at it any more
   * @throws Error of the drawing itself, or that it took too long
   */
  async draw<Drawing>(drawIn: (frame: Frame) => Promise<Drawing>, signal: AbortSignal): Promise<Drawing> {
    const drawing = this.#turn.then(async () => {
      signal.throwIfAborted();
      return await this.#drawNow(drawIn, signal);
    });
    this.#turn = drawing.catch(() => undefined);
    return await drawing;
  }

  async #drawNow<Drawing>(drawIn: (frame: Frame) => Promise<Drawing>, signal: AbortSignal): Promise<Drawing> {
    this.#frame ??= this.createFrame();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const waits = new Set<() => void>();
    const stopIn = (ms: number, why: string) => {
      const stop = () => {
        this.#frame?.remove();
        this.#frame = undefined;
        reject(new Error(why));
      };
      waits.add(this.after(ms, stop));
    };
    stopIn(MOST_MS, `it took longer than ${MOST_MS / 1000} s. Draw it in several smaller ones`);
    const over = new AbortController();
    const leave = () => stopIn(LET_END_MS, "nobody looks at it");
    // The frame is the next drawing's once this one is over.
    signal.addEventListener("abort", leave, { once: true, signal: over.signal });
    try {
      return await Promise.race([drawIn(this.#frame), stopped]);
    } finally {
      over.abort();
      for (const end of waits) end();
    }
  }
}
