import { readFileSync } from "node:fs";
import { systemProcessTable } from "../../src/processes/process-table.ts";

/** The memory of a process and of everything below it, in MiB. */
export interface TreeMemory {
  readonly own: number;
  readonly below: number;
}

/** Whether the memory of processes can be read here. */
export const KNOWS_MEMORY = process.platform === "linux";

/**
 * The proportional set size (PSS) from `/proc`: what processes share, such as the pages of one binary, is divided among
 * them, so that the sum of a tree counts nothing twice.
 */
export function treeMemory(pid: number): TreeMemory {
  const rows = systemProcessTable().list();
  const below = (parent: number): number[] =>
    rows.filter((row) => row.parentPid === parent).flatMap((row) => [row.pid, ...below(row.pid)]);
  return { own: memoryOf(pid), below: below(pid).reduce((sum, each) => sum + memoryOf(each), 0) };
}

function memoryOf(pid: number): number {
  try {
    const [, kibibytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(kibibytes ?? 0) / 1024;
  } catch {
    // It has ended since the listing.
    return 0;
  }
}
