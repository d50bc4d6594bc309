import { describe, expect, test } from "bun:test";
import { availableMemoryMb, type MemorySources } from "../../src/processes/available-memory.ts";

/** A machine whose operating system answers with these files. */
function machine(files: Record<string, string>, given: Partial<MemorySources> = {}): MemorySources {
  return { platform: "linux", read: (path) => files[path], vmStat: () => "", free: () => 0, ...given };
}

const mebibytes = (count: number) => String(count * 1_048_576);
const meminfo = "MemTotal:       16384000 kB\nMemFree:          204800 kB\nMemAvailable:    4096000 kB\n";
const linux = { "/proc/meminfo": meminfo };

test("this machine has some", () => {
  const available = availableMemoryMb();
  expect(available).toBeGreaterThan(1);
  expect(available).toBeLessThan(10_000_000);
});

test("Linux: what the kernel says is available, not what is free", () => {
  expect(availableMemoryMb(machine(linux))).toBe(4000);
});

const cgroup = (path: string) => ({ ...linux, "/proc/self/cgroup": `1:cpu:/elsewhere\n0::${path}\n` });
const limited = (folder: string, limit: string, used: number) => ({
  [`/sys/fs/cgroup${folder}/memory.max`]: `${limit}\n`,
  [`/sys/fs/cgroup${folder}/memory.current`]: `${mebibytes(used)}\n`,
});

describe("the limit of a cgroup counts where it leaves less", () => {
  const cases: [what: string, files: Record<string, string>, expected: number][] = [
    ["its own", { ...cgroup("/a/b"), ...limited("/a/b", mebibytes(2000), 500) }, 1500],
    ["one above it", { ...cgroup("/a/b"), ...limited("/a/b", "max", 5), ...limited("/a", mebibytes(900), 400) }, 500],
    ["the container's, seen as the root", { ...cgroup("/"), ...limited("", mebibytes(1000), 990) }, 10],
    ["the container's, under a path it cannot see", { ...cgroup("/../x"), ...limited("", mebibytes(100), 90) }, 10],
    ["more than the machine has", { ...cgroup("/a"), ...limited("/a", mebibytes(90_000), 1) }, 4000],
    ["none", { ...cgroup("/a"), ...limited("/a", "max", 3000) }, 4000],
    ["a group that is over its limit", { ...cgroup("/a"), ...limited("/a", mebibytes(100), 120) }, 0],
  ];
  for (const [what, files, expected] of cases) {
    test(what, () => {
      expect(availableMemoryMb(machine(files))).toBe(expected);
    });
  }

  test("files that were read long ago do not count as used", () => {
    const files = {
      ...cgroup("/a"),
      ...limited("/a", mebibytes(1000), 900),
      "/sys/fs/cgroup/a/memory.stat": `anon 5\ninactive_file ${mebibytes(600)}\nactive_file 7\n`,
    };
    expect(availableMemoryMb(machine(files))).toBe(700);
  });
});

describe("macOS: free pages and inactive ones", () => {
  const vmStat = [
    "Mach Virtual Memory Statistics: (page size of 16384 bytes)",
    "Pages free:                               12800.",
    "Pages active:                            200000.",
    "Pages inactive:                           64000.",
    "Pages speculative:                         1000.",
    "",
  ].join("\n");

  test("added up", () => {
    const answers = { platform: "darwin", vmStat: () => vmStat, free: () => Number(mebibytes(200)) } as const;
    expect(availableMemoryMb(machine({}, answers))).toBe(1200);
  });

  test("without vm_stat nothing is held up", () => {
    expect(availableMemoryMb(machine({}, { platform: "darwin" }))).toBe(Number.POSITIVE_INFINITY);
  });
});

test("a kernel that does not tell holds nothing up", () => {
  expect(availableMemoryMb(machine({ "/proc/meminfo": "MemTotal: 5 kB\n" }))).toBe(Number.POSITIVE_INFINITY);
});
