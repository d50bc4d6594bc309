import { lstat } from "node:fs/promises";
import type { BaseClock } from "../lib/clock.ts";
import { isCode } from "../lib/is-code.ts";
import { tryLock, type HeldLock } from "../files/system-lock.ts";
import { problem } from "./plan-problems.ts";
import type { Result } from "./plan-store-port.ts";

const LONGEST_WAIT_MS = 5_000;
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 20;
/** How long one process writes without a pause in which another one may begin. */
const LONGEST_TURN_MS = 50;

/**
 * An exclusive lock of the plans of one folder, for all processes of the machine.
 */
export class PlanLock {
  #tail: Promise<unknown> = Promise.resolve();
  /** Since when this process has held the lock again and again, and when it last gave it back. */
  #busySince = 0;
  #releasedAt = 0;

  /** @param path of the lock's file */
  constructor(
    private readonly path: string,
    private readonly clock: BaseClock,
  ) {}

  /**
   * Does something while nobody else does. Those of this process come in the order in which they asked.
   *
   * @param ready what has to hold first, such as that the lock's folder is there; asked when it is one's turn
   */
  async hold<T>(ready: () => Promise<Result<null>>, run: () => Promise<Result<T>>): Promise<Result<T>> {
    const mine = this.#tail.then(async () => {
      const isReady = await ready();
      return isReady.ok ? await this.#holdNext(run) : isReady;
    });
    this.#tail = mine.catch(() => undefined);
    return await mine;
  }

  async #holdNext<T>(run: () => Promise<Result<T>>): Promise<Result<T>> {
    await this.#letOthers();
    const taken = await this.#take();
    if (!taken.ok) return taken;
    try {
      return await run();
    } finally {
      taken.value.release();
      this.#releasedAt = this.clock.now();
    }
  }

  /** Who waits in another process asks every now and then, and would never find the lock free between two of ours. */
  async #letOthers(): Promise<void> {
    const now = this.clock.now();
    if (now - this.#releasedAt > LONGEST_PAUSE_MS) this.#busySince = now;
    if (now - this.#busySince <= LONGEST_TURN_MS) return;
    await this.#pause(LONGEST_PAUSE_MS + SHORTEST_PAUSE_MS);
    this.#busySince = this.clock.now();
  }

  async #take(): Promise<Result<HeldLock>> {
    const end = this.clock.now() + LONGEST_WAIT_MS;
    while (true) {
      const refusal = await this.#look();
      if (refusal !== undefined) return refusal;
      const taken = await tryLock(this.path);
      if (taken !== "busy") return { ok: true, value: taken };
      if (this.clock.now() >= end) {
        return problem("locked", `Another process has held ${this.path} for 5 s. Nothing was changed; try again.`);
      }
      await this.#pause(SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
    }
  }

  /**
   * Why what lies in the lock's place is not used. The file is never opened but by SQLite: closing any descriptor of it
   * would give the lock of this process away, as POSIX has it.
   */
  async #look(): Promise<ReturnType<typeof problem> | undefined> {
    try {
      const status = await lstat(this.path);
      if (status.isSymbolicLink()) return problem("link", `${this.path} is a link: remove it.`);
      if (!status.isFile() || status.size > 0) {
        return problem("unwritable", `${this.path} is no lock: expected an empty file. Remove what is there.`);
      }
      return undefined;
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.clock.after(ms, resolve);
    await promise;
  }
}
