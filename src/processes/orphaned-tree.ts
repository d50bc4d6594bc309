import type { Tree } from "./end-tree.ts";
import { systemProcessTable, type ProcessIdentity, type ProcessTable } from "./process-table.ts";

export interface OrphanedAgent {
  readonly instanceId: string;
  /** What ran it: its own process, or the server of all warm agents. */
  readonly process: ProcessIdentity | undefined;
  readonly isWarm: boolean;
  /** The process that looked after it. */
  readonly ownerPid: number;
  /** Others may finish on that server without anybody: it ends by itself after the last of them. */
  readonly serverEndsItself?: boolean;
}

/**
 * What is to be ended of an agent that nobody looks after any more. The server of warm agents belongs to it only when
 * that process is gone: otherwise others use it.
 */
export function orphanedTree(agent: OrphanedAgent, table: ProcessTable = systemProcessTable()): Tree {
  const { instanceId: marker, process: root, isWarm, ownerPid, serverEndsItself = false } = agent;
  const isShared = isWarm && root !== undefined && (serverEndsItself || table.find(root.pid)?.parentPid === ownerPid);
  return { marker, root: isShared ? undefined : root };
}
