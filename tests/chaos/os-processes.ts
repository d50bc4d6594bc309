import type { ProcessIdentity } from "../../src/processes/process-table.ts";
import type { SupervisorIdentity } from "../../src/processes/supervisor-identity.ts";

/** A process: an opencode that hosts plugin instances, or an agent. */
export class OsProcess {
  isAlive = true;
  /** The plugin instances that live in it. */
  readonly tokens = new Set<string>();
  readonly #atDeath: (() => void)[] = [];

  constructor(
    readonly pid: number,
    readonly startTime: string,
  ) {}

  atDeath(run: () => void): void {
    this.#atDeath.push(run);
  }

  die(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    for (const run of this.#atDeath) run();
  }
}

export const FIRST_BOOT = "boot-1";
/** Few pids, so that they are given to others soon. */
const PIDS = 23;

/** The process table of a machine that tests make. */
export class OsProcesses {
  bootId = FIRST_BOOT;
  bootedAt = 0;
  readonly #byPid = new Map<number, OsProcess>();
  #started = 0;

  start(): OsProcess {
    let pid: number;
    do pid = 100 + (this.#started++ % PIDS);
    while (this.#byPid.get(pid)?.isAlive === true && this.#started % 1000 !== 0);
    const process = new OsProcess(pid, `start-${this.#started}`);
    this.#byPid.set(pid, process);
    return process;
  }

  all(): OsProcess[] {
    return [...this.#byPid.values()];
  }

  lives({ pid, startTime }: ProcessIdentity): boolean {
    const process = this.#byPid.get(pid);
    return process !== undefined && process.isAlive && process.startTime === startTime;
  }

  /** What `isAlive` of src/processes/supervisor-identity.ts says inside of a process. */
  isAliveFor(viewer: OsProcess): (owner: SupervisorIdentity) => boolean | undefined {
    return (owner) => {
      if (owner.bootId !== this.bootId) return undefined;
      if (!this.lives(owner)) return false;
      return owner.pid === viewer.pid ? viewer.tokens.has(owner.token) : true;
    };
  }

  /** The machine goes down and comes up again. */
  reboot(now: number): void {
    this.bootedAt = now;
    for (const process of this.#byPid.values()) process.die();
    this.bootId = `boot-${Number(this.bootId.slice(5)) + 1}`;
  }
}
