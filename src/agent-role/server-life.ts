import { endSelf } from "./end-self.ts";
import type { ServerRole } from "./role.ts";
import { watchSupervisor, type WatchSystem } from "./supervisor-watch.ts";

/** What a life needs of its process. */
export interface LifeSystem {
  /** How the supervisor is watched; as the process itself does where it is absent. */
  readonly watch?: WatchSystem;
  readonly end: typeof endSelf;
}

const thisProcess: LifeSystem = { end: endSelf };

/**
 * The life of a server of warm agents: it ends itself when its supervisor is gone, at once or, with `onExit: "finish"`,
 * when no turn runs any more. One for the process, whichever directories come and go.
 */
export class ServerLife {
  /** The sessions whose turn runs, and how each is stopped. */
  readonly #busy = new Map<string, () => Promise<unknown>>();
  /** What the supervisor has not answered yet, by the id of the question. */
  readonly #open = new Map<string, { readonly sessionId: string; readonly answer: () => Promise<unknown> }>();
  #isAlone = false;

  constructor(
    private readonly role: ServerRole,
    supervisorCheckMs: number,
    private readonly system: LifeSystem = thisProcess,
  ) {
    const onGone = () => {
      this.#isAlone = true;
      for (const [id, { sessionId, answer }] of [...this.#open]) this.asked(id, sessionId, answer);
      this.#endWhenDone();
    };
    watchSupervisor(role, supervisorCheckMs, onGone, system.watch);
  }

  turnRuns(sessionId: string, abort: () => Promise<unknown>): void {
    this.#busy.set(sessionId, abort);
  }

  /**
   * A turn waits for an answer. It is the supervisor's while there is one; without it the turn would wait for ever.
   *
   * @param answer rejects when the answer was not taken
   */
  asked(id: string, sessionId: string, answer: () => Promise<unknown>): void {
    if (!this.#isAlone) this.#open.set(id, { sessionId, answer });
    // What is being ended gets no answer: one of yes would let it go on.
    else if (this.role.onExit === "finish") void answer().catch(() => this.turnEnded(sessionId));
  }

  answered(id: string): void {
    this.#open.delete(id);
  }

  turnEnded(sessionId: string): void {
    this.#busy.delete(sessionId);
    for (const [id, question] of this.#open) if (question.sessionId === sessionId) this.#open.delete(id);
    if (this.#isAlone) this.#endWhenDone();
  }

  #endWhenDone(): void {
    if (this.role.onExit === "finish" && this.#busy.size > 0) return;
    void this.system.end(
      this.role,
      async () => await Promise.allSettled([...this.#busy.values()].map((abort) => abort())),
    );
  }
}
