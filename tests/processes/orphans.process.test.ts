import { expect, test } from "bun:test";
import { join } from "node:path";
import { AdoptedOrphans, RememberedDescendants } from "../../src/processes/orphans.ts";
import type { ProcessInfo } from "../../src/processes/process-table.ts";
import { FakeTable, row } from "./fake-table.ts";
import { mayUnshare } from "./may-unshare.ts";

const FIXTURE = join(import.meta.dir, "../fixtures/adopts-orphans.ts");
const own = row({ pid: process.pid, parentPid: 1 });
const child = (pid: number, given: Partial<ProcessInfo> = {}) => row({ pid, parentPid: process.pid, ...given });

/** Children of this process as the test says, and what is collected of them at a time of the test's. */
function adopted(rows: ProcessInfo[], marked: readonly number[] = [], started: readonly number[] = []) {
  const table = new FakeTable(rows, marked, "bgr_1");
  const reaped: number[] = [];
  const clock = { now: 0 };
  const watch = new AdoptedOrphans(
    (pid) => void reaped.push(pid),
    table,
    () => table.rows.map(({ pid }) => pid),
    () => new Set(started),
    () => clock.now,
  );
  return { table, reaped, clock, watch };
}

const pids = ({ loose }: { readonly loose: readonly { readonly process: ProcessInfo }[] }) =>
  loose.map(({ process: { pid } }) => pid);

// On Linux alone orphans can be had.
test.skipIf(process.platform !== "linux").each([
  ["by their descriptors", {}, []],
  ["where Bun has a thread that waits for them instead", { BUN_FEATURE_FLAG_FORCE_WAITER_THREAD: "1" }, []],
  ["in a pid namespace with the /proc of outside", {}, mayUnshare ? ["unshare", "--pid", "--fork"] : []],
])(
  "300 short orphans are collected, two that last are told, and Bun's own children end as they ended: %s",
  async (_, more, wrapper) => {
    const env = { ...process.env, BIZAR_INSTANCE: "bgr_1", ...more };
    const run = Bun.spawn([...wrapper, FIXTURE], { env, stdout: "pipe", stderr: "inherit", stdin: "ignore" });
    expect(JSON.parse(await run.stdout.text())).toEqual({
      codes: Array.from({ length: 20 }, (_unused, code) => code),
      said: "sound",
      left: ["sleep 4901", "sleep 4902"],
      last: 0,
    });
    expect(await run.exited).toBe(0);
  },
  30_000,
);

test("what has ended is collected at a second look, a moment later, and once", () => {
  const { table, reaped, clock, watch } = adopted([child(50, { isZombie: true })]);
  expect(watch.look()).toMatchObject({ loose: [], isSoonDue: true });
  clock.now = 99;
  watch.look();
  expect(reaped).toEqual([]);
  clock.now = 100;
  expect(watch.look().isSoonDue).toBe(false);
  expect(reaped).toEqual([50]);
  table.rows = [];
  expect(watch.look()).toEqual({ loose: [], isSoonDue: false });
});

test("another process of the same number waits anew; one of Bun's own is never collected", () => {
  const { table, reaped, clock, watch } = adopted([child(50, { isZombie: true })], [], [60]);
  watch.look();
  clock.now = 200;
  table.rows = [child(50, { isZombie: true, startTime: "101" }), child(60, { isZombie: true })];
  watch.look();
  clock.now = 1000;
  table.rows = [child(60, { isZombie: true })];
  watch.look();
  expect(reaped).toEqual([]);
});

test("all but Bun's own with a marker are told, and which of them Bun has started", () => {
  const { watch } = adopted([child(50), child(60), child(70), child(80)], [60, 80], [70, 80]);
  const { loose } = watch.look();
  expect(loose.map(({ process: { pid }, isOwnChild }) => [pid, isOwnChild])).toEqual([
    [50, false],
    [60, false],
    [70, true],
  ]);
});

test("one that clears its environment later is known by the marker that it had", () => {
  const marked = [50];
  const { watch } = adopted([child(50)], marked);
  expect(watch.look().loose).toMatchObject([{ process: { pid: 50 }, seenMarker: "bgr_1" }]);
  marked.pop();
  expect(watch.look().loose).toMatchObject([{ process: { pid: 50 }, seenMarker: "bgr_1" }]);
  expect(watch.look().loose).toMatchObject([{ seenMarker: "bgr_1" }]);
});

test("a number that has become somebody else's between the list and the look is left out", () => {
  expect(pids(adopted([row({ pid: 50, parentPid: 1 })]).watch.look())).toEqual([]);
});

test("where orphans go elsewhere, what was seen below is remembered while it lives, and whose it was", () => {
  const shell = child(50);
  const daemon = row({ pid: 51, parentPid: 50 });
  const table = new FakeTable([own, shell, daemon, row({ pid: 90 })], [50], "bgr_1");
  const watch = new RememberedDescendants(table);
  const seen = [{ process: { pid: 51 }, seenMarker: "bgr_1", isOwnChild: false }];
  expect(watch.look().loose).toMatchObject(seen);
  const orphaned = { ...daemon, parentPid: 1 };
  table.rows = [own, orphaned];
  expect(watch.look().loose).toMatchObject(seen);
  // Its number is somebody else's now.
  table.rows = [own, { ...orphaned, startTime: "101" }];
  expect(watch.look().loose).toEqual([]);
});
