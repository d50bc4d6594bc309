import type { Stray, TreeReport } from "../../agent-role/tree-report.ts";
import type { ProcessIdentity } from "../../processes/process-table.ts";
import type { Clock } from "../../lib/clock.ts";

/** How long the plugin inside the server may take to look for what a turn has left. */
const LOOK_LIMIT_MS = 2000;

/** What runs below a server of warm agents without a marker, and whose it is. */
export class ServerStrays {
  #strays: readonly Stray[] = [];
  /** The agents with a turn that runs. */
  readonly #atWork = new Set<string>();
  /** Those that have run commands of which nobody has looked for the rest yet. */
  readonly #unlooked = new Map<string, PromiseWithResolvers<void>>();

  constructor(private readonly clock: Clock) {}

  /** Every one that is known. */
  get all(): readonly ProcessIdentity[] {
    return this.#strays;
  }

  turnBegan(instanceId: string): void {
    this.#atWork.add(instanceId);
  }

  turnEnded(instanceId: string): void {
    this.#atWork.delete(instanceId);
  }

  reported({ strays, shellOf, lookedFor }: TreeReport): void {
    if (strays !== undefined) this.#strays = strays;
    if (shellOf !== undefined && !this.#unlooked.has(shellOf)) this.#unlooked.set(shellOf, Promise.withResolvers());
    if (lookedFor === undefined) return;
    this.#unlooked.get(lookedFor)?.resolve();
    this.#unlooked.delete(lookedFor);
  }

  /** Nothing is reported any more. */
  died(): void {
    for (const looked of this.#unlooked.values()) looked.resolve();
    this.#unlooked.clear();
  }

  /** An agent's strays as of now. One that another agent, which runs yet, may have started as well is not among them. */
  of(instanceId: string): ProcessIdentity[] {
    const mayBeOthers = ({ owners }: Stray) => owners.some((id) => id !== instanceId && this.#atWork.has(id));
    return this.#strays.filter((stray) => stray.owners.includes(instanceId) && !mayBeOthers(stray));
  }

  /** {@link ServerStrays.of} an agent whose turn has just ended, once it has been looked for them. */
  async lookedFor(instanceId: string): Promise<ProcessIdentity[]> {
    const looked = this.#unlooked.get(instanceId);
    if (looked !== undefined) {
      const limit = this.clock.limit(LOOK_LIMIT_MS, () => looked.resolve());
      await looked.promise;
      limit.clear();
    }
    return this.of(instanceId);
  }
}
