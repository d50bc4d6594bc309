import { endSelf } from "./end-self.ts";
import type { ServerRole } from "./role.ts";
import { watchSupervisor } from "./supervisor-watch.ts";

/** What a life needs of its process. */
export interface LifeSystem {
  readonly parentPid: () => number;
  readonly end: typeof endSelf;
}

const thisProcess: LifeSystem = { parentPid: () => process.ppid, end: endSelf };

/**
 * The life of a server of warm agents: it ends itself when its supervisor is gone, at once or, with `onExit: "finish"`,
 * when no turn runs any more. One for the process, whichever directories come and go.
 */
export class ServerLife {
  /** The sessions whose turn runs, and how each is stopped. */
  readonly #busy = new Map<string, () => Promise<unknown>>();
  #isAlone = false;

  constructor(
    private readonly role: ServerRole,
    supervisorCheckMs: number,
    private readonly system: LifeSystem = thisProcess,
  ) {
    const onGone = () => {
      this.#isAlone = true;
      this.#endWhenDone();
    };
    watchSupervisor(role, supervisorCheckMs, onGone, system.parentPid);
  }

  /** Nobody is left who could answer a question. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  turnRuns(sessionId: string, abort: () => Promise<unknown>): void {
    this.#busy.set(sessionId, abort);
  }

  turnEnded(sessionId: string): void {
    this.#busy.delete(sessionId);
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
