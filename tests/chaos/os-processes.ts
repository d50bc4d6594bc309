import type { ProcessIdentity } from "../../src/processes/process-table.ts";
import type { SupervisorIdentity } from "../../src/processes/supervisor-identity.ts";

/** A process: an opencode that hosts plugin instances, or an agent. */
export class OsProcess {
  isAlive = true;
  /** Whether it was stopped by a signal: it stands still, and everything else goes on. */
  isPaused = false;
  /** Whether it ever stood still. */
  wasPaused = false;
  /** The plugin instances that live in it. */
  readonly tokens = new Set<string>();
  readonly #atDeath: (() => void)[] = [];
  /** What fell due while it stood still, and what came for it meanwhile, which is read later. */
  readonly #due: (() => void)[] = [];
  readonly #unread: (() => void)[] = [];

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

  /** A timer of its own has come. */
  timed(run: () => void): void {
    if (this.isPaused || this.#due.length > 0) this.#due.push(run);
    else if (this.isAlive) run();
  }

  /** Something comes for it from outside. */
  receives(run: () => void): void {
    if (this.isPaused || this.#due.length + this.#unread.length > 0) this.#unread.push(run);
    else if (this.isAlive) run();
  }

  pause(): void {
    this.isPaused = true;
    this.wasPaused = true;
  }

  /** It goes on: its timers come first, and what waits in its pipes after them. */
  async resume(): Promise<void> {
    this.isPaused = false;
    for (const waiting of [this.#due, this.#unread]) {
      for (let run = waiting[0]; run !== undefined && !this.isPaused; run = waiting[0]) {
        if (this.isAlive) run();
        // One after the other, with everything that each of them sets off.
        await Promise.resolve();
        waiting.shift();
      }
    }
  }
}

export const FIRST_BOOT = "boot-1";
/** Few pids, so that they are given to others soon. */
const PIDS = 23;

/** The process table of a machine that tests make. */
export class OsProcesses {
  bootId = FIRST_BOOT;
  /** Whether nobody can look at the table: no file is left to open, or no process to look with. */
  isUnreadable = false;
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

  /** Whether a process lives, for who looks it up. */
  lives(process: ProcessIdentity): boolean {
    if (this.isUnreadable) throw new Error("EMFILE: too many open files");
    return this.#lives(process);
  }

  #lives({ pid, startTime }: ProcessIdentity): boolean {
    const process = this.#byPid.get(pid);
    return process !== undefined && process.isAlive && process.startTime === startTime;
  }

  /** What `isAlive` of src/processes/supervisor-identity.ts says inside of a process. */
  isAliveFor(viewer: OsProcess): (owner: SupervisorIdentity) => boolean | undefined {
    return (owner) => {
      if (owner.bootId !== this.bootId) return undefined;
      if (owner.pid === viewer.pid) return this.#lives(owner) && viewer.tokens.has(owner.token);
      return this.lives(owner);
    };
  }

  /** The machine goes down and comes up again. */
  reboot(now: number): void {
    this.bootedAt = now;
    for (const process of this.#byPid.values()) process.die();
    this.bootId = `boot-${Number(this.bootId.slice(5)) + 1}`;
  }
}
