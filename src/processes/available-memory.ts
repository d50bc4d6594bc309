import { readFileSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";

const KIBIBYTE = 1024;
const MEBIBYTE = 1_048_576;
const CGROUP_ROOT = "/sys/fs/cgroup";

/** What is asked of the operating system, so that tests can answer in its place. */
export interface MemorySources {
  readonly platform: NodeJS.Platform;
  /** The text of a file; `undefined` where there is none. */
  readonly read: (path: string) => string | undefined;
  /** What `vm_stat` prints (macOS). */
  readonly vmStat: () => string;
  /** Free bytes as `os.freemem` counts them. */
  readonly free: () => number;
}

/**
 * The memory that new processes can have without swapping, in megabytes (2^20 bytes). What cannot be told is
 * `Infinity`: it holds nothing up.
 */
export function availableMemoryMb(sources: MemorySources = systemSources): number {
  if (sources.platform === "darwin") return darwinBytes(sources) / MEBIBYTE;
  return Math.min(linuxBytes(sources), cgroupBytes(sources)) / MEBIBYTE;
}

const systemSources: MemorySources = {
  platform: process.platform,
  read(path) {
    try {
      return readFileSync(path, "utf8");
    } catch {
      // No such file: another kernel, or a cgroup without a memory controller.
      return undefined;
    }
  },
  vmStat() {
    try {
      return Bun.spawnSync(["/usr/bin/vm_stat"]).stdout.toString();
    } catch {
      // It is part of every macOS; where it cannot be run, memory cannot be told.
      return "";
    }
  },
  free: freemem,
};

/** Free memory and the caches that the kernel gives back when somebody needs them. */
function linuxBytes({ read }: MemorySources): number {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(read("/proc/meminfo") ?? "")?.[1];
  return kibibytes === undefined ? Number.POSITIVE_INFINITY : Number(kibibytes) * KIBIBYTE;
}

/**
 * What the limits of this process's cgroup (v2) and of those above it leave. In a container its own cgroup is the root
 * of what it sees, or is named by a path that it does not see: both ends of the path are looked at.
 */
function cgroupBytes({ read }: MemorySources): number {
  const path = /^0::(\/.*)$/m.exec(read("/proc/self/cgroup") ?? "")?.[1];
  if (path === undefined) return Number.POSITIVE_INFINITY;
  const names = path.split("/").filter((name) => name !== "" && name !== "..");
  const folders = [CGROUP_ROOT, ...names.map((_, index) => join(CGROUP_ROOT, ...names.slice(0, index + 1)))];
  return Math.min(...folders.map((folder) => leftIn(folder, read)));
}

function leftIn(folder: string, read: MemorySources["read"]): number {
  const limit = wholeNumber(read(join(folder, "memory.max")));
  const used = wholeNumber(read(join(folder, "memory.current")));
  // "max" is no limit.
  if (limit === undefined || used === undefined) return Number.POSITIVE_INFINITY;
  // Files that were read count as used, though the kernel drops them first when the limit comes near.
  const inactive = /^inactive_file (\d+)$/m.exec(read(join(folder, "memory.stat")) ?? "")?.[1];
  return Math.max(0, limit - used + Number(inactive ?? 0));
}

function wholeNumber(text: string | undefined): number | undefined {
  const digits = /^\d+$/.exec(text?.trim() ?? "")?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * `os.freemem` counts only pages that hold nothing, a few hundred megabytes on a Mac that has run for a while. The
 * inactive pages (not used lately; most are copies of files) are reclaimed without a word when somebody needs them, so
 * they count too, as in what other tools call available. Compressed and wired memory does not.
 */
function darwinBytes({ vmStat, free }: MemorySources): number {
  const text = vmStat();
  const pageBytes = /page size of (\d+) bytes/.exec(text)?.[1];
  const inactive = /^Pages inactive:\s+(\d+)\.$/m.exec(text)?.[1];
  if (pageBytes === undefined || inactive === undefined) return Number.POSITIVE_INFINITY;
  return free() + Number(inactive) * Number(pageBytes);
}
