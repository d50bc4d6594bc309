import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { MARKER_NAME } from "./end-tree.ts";
import { procNumbers } from "./outer-proc.ts";
import { systemProcessTable, type ProcessInfo, type ProcessTable } from "./process-table.ts";

/** A process below this one that its marker alone may not find: it has none, or it may yet clear it. */
export interface Loose {
  readonly process: ProcessInfo;
  /** The marker that it, or what started it, was seen with. */
  readonly seenMarker: string | undefined;
  /** This process has started it: it is no orphan. */
  readonly isOwnChild: boolean;
}

/** What a look has found. */
export interface Below {
  readonly loose: readonly Loose[];
  /** Something has ended and is not collected yet: it wants another look soon. */
  readonly isSoonDue: boolean;
}

/** Looks for what runs below this process. */
export interface OrphanWatch {
  /** @throws UnreadableTable where it cannot look */
  look(): Below;
}

/** Collects one child that has ended. */
export type Reap = (pid: number) => void;

const NOTHING: Below = { loose: [], isSoonDue: false };
/** A child of its own is collected by Bun within this time, if its event loop turns at all. */
const REAP_AFTER_MS = 100;

/**
 * The watch of a subreaper: orphans become its children, of its main thread, which the kernel lists in one small file.
 * They have to be collected here, each by its pid: Bun waits for its own children, and must find them.
 */
export class AdoptedOrphans implements OrphanWatch {
  /** When each that has ended was seen first, by pid and start time. */
  #ended = new Map<string, number>();
  #markers = new Map<string, string>();
  /** Bun's own children, by pid and start time: they stay that, and looking for them costs the most. */
  #own = new Set<string>();

  constructor(
    private readonly reap: Reap,
    private readonly table: ProcessTable = systemProcessTable(),
    private readonly children: (table: ProcessTable) => readonly number[] = adoptedChildren,
    private readonly started: () => ReadonlySet<number> = childrenOfBun,
    private readonly now: () => number = () => performance.now(),
  ) {}

  look(): Below {
    const pids = this.children(this.table);
    if (pids.length === 0 && this.#ended.size === 0) return NOTHING;
    const rows = this.table.findAll(pids).filter(({ parentPid }) => parentPid === process.pid);
    const running = rows.filter(({ isZombie }) => !isZombie);
    const marked = this.table.values(
      MARKER_NAME,
      running.map(({ pid }) => pid),
    );
    const ended = rows.filter(({ isZombie }) => isZombie);
    this.#findOwn(rows);
    const isOwn = (row: ProcessInfo) => this.#own.has(keyOf(row));
    this.#collect(ended.filter((row) => !isOwn(row)));
    const seenMarkers = running.flatMap((row) => {
      const marker = marked.get(row.pid) ?? this.#markers.get(keyOf(row));
      return marker === undefined ? [] : [[keyOf(row), marker] as const];
    });
    this.#markers = new Map(seenMarkers);
    // An orphan with a marker may be on its way to clear it: a fork that has not become another program yet.
    const loose = running.filter((row) => !marked.has(row.pid) || !isOwn(row));
    return {
      loose: loose.map((row) => ({
        process: row,
        seenMarker: this.#markers.get(keyOf(row)),
        isOwnChild: isOwn(row),
      })),
      isSoonDue: this.#ended.size > 0,
    };
  }

  #findOwn(rows: readonly ProcessInfo[]): void {
    const known = rows.filter((row) => this.#own.has(keyOf(row)));
    const started = known.length === rows.length ? new Set<number>() : this.started();
    this.#own = new Set([...known, ...rows.filter(({ pid }) => started.has(pid))].map(keyOf));
  }

  /** Not before the second look: between the start of a child and Bun's hold on it, it could be taken for an orphan. */
  #collect(ended: readonly ProcessInfo[]): void {
    const now = this.now();
    const waiting = new Map<string, number>();
    for (const row of ended) {
      const since = this.#ended.get(keyOf(row)) ?? now;
      if (now - since >= REAP_AFTER_MS) this.reap(row.pid);
      else waiting.set(keyOf(row), since);
    }
    this.#ended = waiting;
  }
}

/** The watch where orphans go elsewhere (macOS): what was seen below is remembered, and found by that. */
export class RememberedDescendants implements OrphanWatch {
  #known = new Map<string, Loose>();

  constructor(private readonly table: ProcessTable = systemProcessTable()) {}

  look(): Below {
    const rows = this.table.list().filter(({ isZombie }) => !isZombie);
    const below = descendants(rows);
    const markers = this.table.values(
      MARKER_NAME,
      below.map(({ pid }) => pid),
    );
    const byPid = new Map(below.map((row) => [row.pid, row]));
    const nearest = (row: ProcessInfo | undefined): string | undefined =>
      row === undefined ? undefined : (markers.get(row.pid) ?? nearest(byPid.get(row.parentPid)));
    const living = new Set(rows.map(keyOf));
    const left = [...this.#known].filter(([key]) => living.has(key));
    const found = below.flatMap((row): [string, Loose][] => {
      if (markers.has(row.pid)) return [];
      const seenMarker = nearest(row) ?? this.#known.get(keyOf(row))?.seenMarker;
      return [[keyOf(row), { process: row, seenMarker, isOwnChild: false }]];
    });
    this.#known = new Map([...left, ...found]);
    return { loose: [...this.#known.values()], isSoonDue: false };
  }
}

function descendants(rows: readonly ProcessInfo[]): ProcessInfo[] {
  const children = Map.groupBy(rows, ({ parentPid }) => parentPid);
  const found: ProcessInfo[] = [];
  const next = [process.pid];
  for (let pid = next.pop(); pid !== undefined; pid = next.pop()) {
    const below = children.get(pid) ?? [];
    found.push(...below);
    next.push(...below.map((row) => row.pid));
  }
  return found;
}

function keyOf({ pid, startTime }: ProcessInfo): string {
  return `${pid}:${startTime}`;
}

/** Whether orphans can become children of this process, and be seen there. */
export function canAdopt(): boolean {
  return process.platform === "linux" && procNumbers() !== "foreign";
}

/** Orphans are given to the main thread. Where its list is missing, or has the numbers of outside, the table has them. */
function adoptedChildren(table: ProcessTable): number[] {
  const text = procNumbers() === "same" ? mainThreadsList() : undefined;
  if (text !== undefined) return text.split(" ").flatMap((word) => (word.trim() === "" ? [] : Number(word)));
  return table.list().flatMap(({ pid, parentPid }) => (parentPid === process.pid ? pid : []));
}

function mainThreadsList(): string | undefined {
  try {
    return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
  } catch {
    // A kernel without CONFIG_PROC_CHILDREN.
    return undefined;
  }
}

/** Bun (1.3.14) holds a descriptor of each of its own children until it has collected it. */
function childrenOfBun(): Set<number> {
  const names = readdirSync("/proc/self/fd");
  return new Set(
    names.flatMap((name) => {
      try {
        if (readlinkSync(`/proc/self/fd/${name}`) !== "anon_inode:[pidfd]") return [];
        const info = readFileSync(`/proc/self/fdinfo/${name}`, "utf8");
        // The last of its numbers is that of here.
        const [, pid] = /^NSpid:.*\s(\d+)$/m.exec(info) ?? /^Pid:\s+(\d+)$/m.exec(info) ?? [];
        return pid === undefined ? [] : Number(pid);
      } catch {
        // Closed meanwhile.
        return [];
      }
    }),
  );
}
