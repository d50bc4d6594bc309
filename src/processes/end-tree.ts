import { describeError } from "../lib/describe-error.ts";
import type { Clock } from "../lib/clock.ts";
import { systemClock } from "../lib/system-clock.ts";
import {
  carriersOf,
  systemProcessTable,
  type ProcessIdentity,
  type ProcessInfo,
  type ProcessTable,
} from "./process-table.ts";

/** The environment variable by which everything that an agent starts can be found, also when its parents are gone. */
export const MARKER_NAME = "BIZAR_INSTANCE";

/** Which processes to end. */
export interface Tree {
  /** The agent's own process; its descendants belong to the tree. */
  readonly root?: ProcessIdentity | undefined;
  /** The instance id that the environment of everything the agent starts carries. */
  readonly marker: string;
  /** What was seen below it without its marker; {@link root} may be gone, and they with nobody. */
  readonly strays?: readonly ProcessIdentity[] | undefined;
}

/** What came of ending a tree. */
export interface TreeEnd {
  /** Every process that was found and signalled, the root included. */
  readonly ended: ProcessInfo[];
  /** Those that are still there after SIGKILL (uninterruptible, or somebody else's). */
  readonly survivors: ProcessInfo[];
  /** Why nobody knows what is left: the process table could not be read to the end. */
  readonly unseen: string | undefined;
}

const POLL_MS = 25;
const RESCAN_EVERY = 8;
const FORCE_LIMIT_MS = 2000;

/**
 * Ends a process tree: SIGTERM, the grace period, SIGKILL, then a check that nothing is left. The table is listed
 * again until no new member turns up, since a tree may grow while it is being ended. Never rejects: a table that cannot
 * be read is looked at again for as long as each step may take.
 */
export async function endTree(
  tree: Tree,
  graceMs: number,
  table: ProcessTable = systemProcessTable(),
  clock: Clock = systemClock,
): Promise<TreeEnd> {
  const members = new TreeMembers(tree, table);
  if (graceMs > 0) await members.endWithin(graceMs, "SIGTERM", clock);
  if (members.look()?.length !== 0) await members.endWithin(FORCE_LIMIT_MS, "SIGKILL", clock);
  const survivors = members.look();
  return { ended: members.seen(), survivors: survivors ?? [], unseen: members.unseen };
}

/** {@link endTree} without grace and without waiting, for `dispose`: the host is about to go away. Never throws. */
export function endTreeNow(tree: Tree, table: ProcessTable = systemProcessTable()): Omit<TreeEnd, "survivors"> {
  const members = new TreeMembers(tree, table);
  // What a process forks between the listing and its signal is found by the next listing.
  for (let round = 0; round < 5 && members.tryToSignal("SIGKILL") !== 0; round++);
  return { ended: members.seen(), unseen: members.unseen };
}

/**
 * The members of a tree that live now, the caller's own process left out.
 *
 * @throws UnreadableTable when the table cannot be read
 */
export function treeMembers(tree: Tree, table: ProcessTable = systemProcessTable()): ProcessInfo[] {
  return new TreeMembers(tree, table).rescan();
}

class TreeMembers {
  readonly #known = new Map<number, ProcessInfo>();
  readonly #signalled = new Set<string>();
  /** Why the last look saw nothing at all. */
  unseen: string | undefined;

  constructor(
    private readonly tree: Tree,
    private readonly table: ProcessTable,
  ) {}

  seen(): ProcessInfo[] {
    return [...this.#known.values()];
  }

  /** Lists the table, takes in new members, and returns those that live. */
  rescan(): ProcessInfo[] {
    const rows = this.table.list().filter(({ isZombie }) => !isZombie);
    const byPid = new Map(rows.map((row) => [row.pid, row]));
    const members = new Map<number, ProcessInfo>();
    for (const { pid, startTime } of [this.tree.root ?? [], this.tree.strays ?? []].flat()) {
      const row = byPid.get(pid);
      if (row?.startTime === startTime) members.set(pid, row);
    }
    const marked = carriersOf(this.table, MARKER_NAME, this.tree.marker);
    for (const row of rows) {
      if (this.#isKnown(row) || marked.has(row.pid)) members.set(row.pid, row);
    }
    addDescendants(members, rows);
    // What is below the one that looks belongs to the tree where that one does.
    members.delete(process.pid);
    for (const member of members.values()) this.#known.set(member.pid, member);
    return [...members.values()];
  }

  /** As {@link TreeMembers.rescan}; `undefined` where the table cannot be read. */
  look(): ProcessInfo[] | undefined {
    return this.#try(() => this.rescan());
  }

  /** Signals the members that had no signal of this name yet; how many, or `undefined` where they cannot be seen. */
  tryToSignal(signal: "SIGTERM" | "SIGKILL"): number | undefined {
    return this.#try(() => this.#signalNew(signal));
  }

  /** Signals the members and waits until none lives, looking for new ones now and then, at most `limitMs`. */
  async endWithin(limitMs: number, signal: "SIGTERM" | "SIGKILL", clock: Clock): Promise<void> {
    const over = new AbortController();
    const limit = clock.limit(limitMs, () => over.abort());
    for (let round = 0; !over.signal.aborted; round++) {
      const isGone = this.#try(() => {
        const mayHaveGrown = round % RESCAN_EVERY === 0 || this.#liveKnown().length === 0;
        return mayHaveGrown && this.#signalNew(signal) === 0 && this.#liveKnown().length === 0;
      });
      if (isGone === true) break;
      await Bun.sleep(POLL_MS);
    }
    limit.clear();
  }

  #try<T>(look: () => T): T | undefined {
    try {
      const seen = look();
      this.unseen = undefined;
      return seen;
    } catch (error) {
      this.unseen = describeError(error);
      return undefined;
    }
  }

  #signalNew(signal: "SIGTERM" | "SIGKILL"): number {
    const fresh = this.rescan().filter(({ pid, startTime }) => !this.#signalled.has(`${signal}:${pid}:${startTime}`));
    for (const member of fresh) this.#signal(member, signal);
    return fresh.length;
  }

  #liveKnown(): ProcessInfo[] {
    return this.table.findAll([...this.#known.keys()]).filter((row) => !row.isZombie && this.#isKnown(row));
  }

  #isKnown(row: ProcessInfo): boolean {
    return this.#known.get(row.pid)?.startTime === row.startTime;
  }

  #signal(member: ProcessInfo, signal: "SIGTERM" | "SIGKILL"): void {
    // The pid may have been given to another process since the listing.
    const isSame = this.table.find(member.pid)?.startTime === member.startTime;
    this.#signalled.add(`${signal}:${member.pid}:${member.startTime}`);
    if (!isSame) return;
    try {
      process.kill(member.pid, signal);
    } catch {
      // Gone in between, or not ours: the final listing tells.
    }
  }
}

function addDescendants(members: Map<number, ProcessInfo>, rows: readonly ProcessInfo[]): void {
  for (let grew = true; grew;) {
    grew = false;
    for (const row of rows) {
      if (members.has(row.pid) || !members.has(row.parentPid)) continue;
      members.set(row.pid, row);
      grew = true;
    }
  }
}
