import { afterAll, expect, test } from "bun:test";
import { endTree, endTreeNow, treeMembers } from "../../src/processes/end-tree.ts";
import { systemProcessTable, UnreadableTable, type ProcessInfo } from "../../src/processes/process-table.ts";
import { until } from "../until.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { BlindTable, FakeTable, row } from "./fake-table.ts";

const children: Bun.Subprocess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

const NOTHING = { ended: [], survivors: [], unseen: undefined };

/** A real process that nobody may end by mistake, as the table shows it. */
function sleeper(marker?: string): ProcessInfo & { readonly child: Bun.Subprocess } {
  const env = { ...process.env, ...(marker === undefined ? {} : { BIZAR_INSTANCE: marker }) };
  const child = Bun.spawn(["sleep", "97"], { env, stdio: ["ignore", "ignore", "ignore"] });
  children.push(child);
  return { ...systemProcessTable().find(child.pid)!, child };
}

test("a process whose pid was given to another one since is not signalled", async () => {
  const { pid, startTime, child } = sleeper();
  const root = { pid, startTime: "an earlier one" };
  expect(await endTree({ root, marker: "bgr_NONE" }, 0)).toEqual(NOTHING);
  expect(endTreeNow({ root, marker: "bgr_NONE" }).ended).toEqual([]);
  expect(systemProcessTable().find(pid)).toMatchObject({ startTime, isZombie: false });
  expect(child.exitCode ?? child.signalCode).toBeNull();
});

test("one whose pid changes hands between the listing and the signal is not signalled either", async () => {
  const { pid, child } = sleeper();
  const table = new FakeTable([row({ pid })]);
  // The listing shows the old one, the look before the signal the new one.
  table.find = () => row({ pid, startTime: "200" });
  endTreeNow({ root: { pid, startTime: "100" }, marker: "bgr_NONE" }, table);
  table.rows = [row({ pid, startTime: "200" })];
  const { survivors } = await endTree({ root: { pid, startTime: "100" }, marker: "bgr_NONE" }, 100, table);
  expect(survivors).toEqual([]);
  expect(systemProcessTable().find(pid)?.isZombie).toBe(false);
  expect(child.signalCode).toBeNull();
});

test("the process that asks is never signalled, whatever it carries", async () => {
  const own = systemProcessTable().find(process.pid)!;
  const table = new FakeTable([own, row({ pid: 2_000_000_001, isZombie: true })], [process.pid], "bgr_OWN");
  expect(treeMembers({ root: own, marker: "bgr_OWN" }, table)).toEqual([]);
  expect(await endTree({ root: own, marker: "bgr_OWN" }, 50, table)).toEqual(NOTHING);
  expect(endTreeNow({ root: own, marker: "bgr_OWN" }, table)).toMatchObject({ ended: [] });
});

test("a zombie counts as gone", async () => {
  const zombie = row({ pid: 2_000_000_001, isZombie: true });
  const table = new FakeTable([zombie], [zombie.pid], "bgr_GONE");
  const begin = performance.now();
  expect(await endTree({ root: zombie, marker: "bgr_GONE" }, 5000, table)).toEqual(NOTHING);
  expect(performance.now() - begin).toBeLessThan(1000);
});

test("a process that becomes a zombie during the grace ends the wait", async () => {
  const dying = row({ pid: 2_000_000_001 });
  const table = new FakeTable([dying]);
  table.find = (pid) => {
    table.rows = [{ ...dying, isZombie: true }];
    return table.rows.find((known) => known.pid === pid);
  };
  const begin = performance.now();
  const { ended, survivors } = await endTree({ root: dying, marker: "bgr_GONE" }, 5000, table);
  expect(ended.map(({ pid }) => pid)).toEqual([dying.pid]);
  expect(survivors).toEqual([]);
  expect(performance.now() - begin).toBeLessThan(1000);
});

test("what SIGKILL does not end is told as a survivor, after a limit", async () => {
  const stuck = row({ pid: 2_000_000_001, command: "waits for a disk" });
  const { survivors } = await endTree({ root: stuck, marker: "bgr_STUCK" }, 0, new FakeTable([stuck]));
  expect(survivors).toEqual([stuck]);
}, 10_000);

test("only carriers of the marker are ended, also inside a longer one", async () => {
  const [mine, nested, other] = [sleeper("bgr_MINE"), sleeper("bgr_OUTER/bgr_MINE"), sleeper("bgr_OTHER")];
  const { ended, survivors } = await endTree({ marker: "bgr_MINE" }, 2000);
  expect(new Set(ended.map(({ pid }) => pid))).toEqual(new Set([mine.pid, nested.pid]));
  expect(survivors).toEqual([]);
  expect(other.child.signalCode).toBeNull();
  await Promise.all([mine.child.exited, nested.child.exited]);
});

test("a descendant that dropped the marker is ended with its root", async () => {
  const script = "env -i sleep 97 & sh -c 'env -i sleep 97 & sleep 97' & wait";
  const child = Bun.spawn(["sh", "-c", script], { stdio: ["ignore", "ignore", "ignore"] });
  children.push(child);
  const root = systemProcessTable().find(child.pid)!;
  const tree = { root, marker: "bgr_NONE" };
  const sleepers = () => treeMembers(tree).filter(({ command }) => command === "sleep 97");
  await until("three sleep", () => sleepers().length === 3);
  const before = sleepers();
  const { survivors } = await endTree(tree, 5000);
  expect(survivors).toEqual([]);
  for (const { pid } of before) expect(systemProcessTable().find(pid)?.isZombie ?? true).toBe(true);
  await child.exited;
});

for (const looks of [1, 2, 5]) {
  test(`a table that cannot be read for ${looks} looks is looked at again, and the tree ended`, async () => {
    const mine = sleeper("bgr_BLIND");
    const table = new BlindTable(looks);
    expect(await endTree({ marker: "bgr_BLIND" }, 0, table)).toMatchObject({
      ended: [{ pid: mine.pid }],
      survivors: [],
      unseen: undefined,
    });
    expect(await mine.child.exited).toBeGreaterThan(0);
  });
}

test("a table that goes blind between the listing and the signals is no reason to leave a process out", async () => {
  const [first, second] = [sleeper("bgr_HALF"), sleeper("bgr_HALF")];
  const table = new BlindTable(0);
  const find = table.find.bind(table);
  let looks = 0;
  table.find = (pid) => {
    // Only looks for one process fail: the listing does not need them here.
    if (looks++ === 0) throw new UnreadableTable(new Error("EMFILE"));
    return find(pid);
  };
  table.list = () => systemProcessTable().list();
  expect(await endTree({ marker: "bgr_HALF" }, 0, table)).toMatchObject({ survivors: [], unseen: undefined });
  await Promise.all([first.child.exited, second.child.exited]);
});

test("where the table can never be read, the end says so, and takes nothing for gone", async () => {
  const mine = sleeper("bgr_UNSEEN");
  const blind = new BlindTable(Number.POSITIVE_INFINITY);
  const unseen = "The process table cannot be read: EMFILE: too many open files";
  expect(await endTree({ marker: "bgr_UNSEEN" }, 50, blind)).toEqual({ ended: [], survivors: [], unseen });
  expect(endTreeNow({ marker: "bgr_UNSEEN" }, blind)).toEqual({ ended: [], unseen });
  expect(mine.child.signalCode).toBeNull();
}, 10_000);

test("endTreeNow looks again at once", async () => {
  const mine = sleeper("bgr_NOW");
  expect(endTreeNow({ marker: "bgr_NOW" }, new BlindTable(2)).ended).toMatchObject([{ pid: mine.pid }]);
  await mine.child.exited;
});

test("the grace of a process that stood still together with this one begins afresh", async () => {
  const stubborn = row({ pid: 2_000_000_001 });
  const looks: number[] = [];
  const clock = new FakeClock();
  const table = new FakeTable([stubborn]);
  table.findAll = () => {
    looks.push(clock.now());
    return table.rows;
  };
  let isOver = false;
  const ending = endTree({ root: stubborn, marker: "bgr_NONE" }, 5000, table, clock).then(() => (isOver = true));
  await until("it is waited for", () => looks.length > 2);
  clock.standStill(60_000);
  clock.advance(4000);
  const before = looks.length;
  await until("it is still waited for", () => looks.length > before + 2);
  expect(isOver).toBe(false);
  clock.advance(1000);
  // SIGKILL, which does not reach it, has a limit of its own.
  const after = looks.length;
  await until("the grace is over", () => looks.length > after + 2);
  clock.advance(2000);
  await ending;
  expect(clock.pending).toBe(0);
});
