import type { Supervision } from "./supervision.ts";
import type { SupervisionContext } from "./supervision-context.ts";

/**
 * The supervision, loaded once the host has the hooks: opencode waits for those at its start, and recovery, which
 * begins with it, asks the host for messages.
 */
export class LazySupervision {
  readonly #timer: ReturnType<typeof setTimeout>;
  #started: Promise<Supervision> | undefined;
  #current: Supervision | undefined;
  #isClosed = false;

  constructor(private readonly context: SupervisionContext) {
    const { diagnostics } = context;
    const failed = (error: unknown) => diagnostics.report("Bizar could not be loaded; no agent can be started.", error);
    this.#timer = setTimeout(() => void this.started().catch(failed), 0);
  }

  /** Settles with the supervision; rejects when the plugin's own files cannot be loaded. */
  async started(): Promise<Supervision> {
    return await (this.#started ??= this.#start());
  }

  /** An event of the host; those from before the supervision was loaded concern no agent of its. */
  event(event: { type: string; properties: unknown }): void {
    this.#current?.event(event);
  }

  /** Ends every agent at once, before it returns. What is started by a call that comes later is ended as well. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#current?.close();
  }

  async #start(): Promise<Supervision> {
    const { startSupervision } = await import("./supervision.ts");
    this.#current = startSupervision(this.context);
    // dispose may have come while the files were read.
    if (this.#isClosed) this.#current.close();
    return this.#current;
  }
}
