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
}

/** What came of ending a tree. */
export interface TreeEnd {
  /** Every process that was found and signalled, the root included. */
  readonly ended: ProcessInfo[];
  /** Those that are still there after SIGKILL (uninterruptible, or somebody else's). */
  readonly survivors: ProcessInfo[];
}

const POLL_MS = 25;
const RESCAN_EVERY = 8;
const FORCE_LIMIT_MS = 2000;

/**
 * Ends a process tree: SIGTERM, the grace period, SIGKILL, then a check that nothing is left. The table is listed
 * again until no new member turns up, since a tree may grow while it is being ended.
 */
export async function endTree(
  tree: Tree,
  graceMs: number,
  table: ProcessTable = systemProcessTable(),
): Promise<TreeEnd> {
  const members = new TreeMembers(tree, table);
  if (graceMs > 0) {
    members.signalNew("SIGTERM");
    await members.pollUntilGone(graceMs, "SIGTERM");
  }
  if (members.rescan().length > 0) {
    members.signalAll("SIGKILL");
    await members.pollUntilGone(FORCE_LIMIT_MS, "SIGKILL");
  }
  return { ended: members.seen(), survivors: members.rescan() };
}

/** {@link endTree} without grace and without waiting, for `dispose`: the host is about to go away. */
export function endTreeNow(tree: Tree, table: ProcessTable = systemProcessTable()): ProcessInfo[] {
  const members = new TreeMembers(tree, table);
  // What a process forks between the listing and its signal is found by the next listing.
  for (let round = 0; round < 5 && members.signalNew("SIGKILL") > 0; round++);
  return members.seen();
}

/** The members of a tree that live now, the caller's own process left out. */
export function treeMembers(tree: Tree, table: ProcessTable = systemProcessTable()): ProcessInfo[] {
  return new TreeMembers(tree, table).rescan();
}

class TreeMembers {
  readonly #known = new Map<number, ProcessInfo>();
  readonly #signalled = new Set<string>();

  constructor(
    private readonly tree: Tree,
    private readonly table: ProcessTable,
  ) {}

  seen(): ProcessInfo[] {
    return [...this.#known.values()];
  }

  /** Lists the table, takes in new members, and returns those that live. */
  rescan(): ProcessInfo[] {
    const rows = this.table.list().filter(({ isZombie, pid }) => !isZombie && pid !== process.pid);
    const byPid = new Map(rows.map((row) => [row.pid, row]));
    const members = new Map<number, ProcessInfo>();
    const root = this.tree.root === undefined ? undefined : byPid.get(this.tree.root.pid);
    if (root !== undefined && root.startTime === this.tree.root?.startTime) members.set(root.pid, root);
    const marked = carriersOf(this.table, MARKER_NAME, this.tree.marker);
    for (const row of rows) {
      if (this.#isKnown(row) || marked.has(row.pid)) members.set(row.pid, row);
    }
    addDescendants(members, rows);
    for (const member of members.values()) this.#known.set(member.pid, member);
    return [...members.values()];
  }

  /** Signals the members that had no signal of this name yet; returns how many. */
  signalNew(signal: "SIGTERM" | "SIGKILL"): number {
    const fresh = this.rescan().filter(({ pid, startTime }) => !this.#signalled.has(`${signal}:${pid}:${startTime}`));
    for (const member of fresh) this.#signal(member, signal);
    return fresh.length;
  }

  signalAll(signal: "SIGTERM" | "SIGKILL"): void {
    for (const member of this.rescan()) this.#signal(member, signal);
  }

  /** Waits until no known member lives, looking for new ones now and then, at most `limitMs`. */
  async pollUntilGone(limitMs: number, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const end = performance.now() + limitMs;
    for (let round = 1; performance.now() < end; round++) {
      if (this.#liveKnown().length === 0 && this.signalNew(signal) === 0) return;
      if (round % RESCAN_EVERY === 0) this.signalNew(signal);
      await Bun.sleep(POLL_MS);
    }
  }

  #liveKnown(): ProcessInfo[] {
    return this.table.findAll([...this.#known.keys()]).filter((row) => !row.isZombie && this.#isKnown(row));
  }

  #isKnown(row: ProcessInfo): boolean {
    return this.#known.get(row.pid)?.startTime === row.startTime;
  }

  #signal(member: ProcessInfo, signal: "SIGTERM" | "SIGKILL"): void {
    this.#signalled.add(`${signal}:${member.pid}:${member.startTime}`);
    // The pid may have been given to another process since the listing.
    if (this.table.find(member.pid)?.startTime !== member.startTime) return;
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
