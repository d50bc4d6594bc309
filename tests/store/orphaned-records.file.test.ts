import { expect, onTestFinished, test } from "bun:test";
import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { liveInstances } from "../../src/processes/live-instances.ts";
import { createIdentity, type SupervisorIdentity } from "../../src/processes/supervisor-identity.ts";
import { systemFiles, type Files } from "../../src/files/files.ts";
import { OrphanedRecords } from "../../src/store/orphaned-records.ts";
import { thisMachine, type Machine } from "../../src/store/machine.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import { recordPath, type StatePaths } from "../../src/store/state-paths.ts";
import type { Instance } from "../../src/supervisor/instance.ts";
import { sampleId, sampleInstance, sampleStates, type SampleState } from "../supervisor/sample-instance.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { until } from "../until.ts";
import { freshPaths, openStore, silentFor } from "./store-rig.ts";

/** This boot, and no such process. */
const gone: SupervisorIdentity = { ...createIdentity(), pid: 2_000_000_001 };
const states = Object.keys(sampleStates) as SampleState[];
const unsettled = states.filter((state) => !("endedAt" in sampleStates[state]));

/** Longer ago than any machine's start. */
const SINCE_START_MS = 40 * 365 * 86_400_000;

const onThisHost = { directory: "/project", moduleUrl: "file:///plugin.ts" };

/** A host that looks for lost records, and lives as long as the test. */
function host(paths: StatePaths, machine: Partial<Machine> = {}): OrphanedRecords {
  const identity = createIdentity();
  liveInstances().set(identity.token, onThisHost);
  onTestFinished(() => void liveInstances().delete(identity.token));
  const records = new RecordFolder(paths, (message) => expect.unreachable(message));
  return new OrphanedRecords(records, paths, identity, { ...thisMachine, ...machine });
}

async function leave(instance: Instance, owner: SupervisorIdentity, paths = freshPaths()): Promise<StatePaths> {
  await openStore(paths, owner).store.create(instance);
  return paths;
}

const claimPath = (paths: StatePaths) => `${recordPath(paths, sampleId(1))}.claim`;

test("what a dead owner left without an end is lost; what has ended is not", async () => {
  const paths = freshPaths();
  const ids = new Map(states.map((state, index) => [sampleId(index + 1), state]));
  for (const [instanceId, state] of ids) await leave(sampleInstance(state, { instanceId }), gone, paths);
  const lost = await host(paths).list();
  expect(lost.map((instanceId) => ids.get(instanceId)!)).toEqual(unsettled);
  expect(await host(paths).claim(lost[0]!)).toMatchObject({ ownerPid: gone.pid, onExit: "kill" });
});

test("a record whose owner lives is never lost, nor can it be claimed", async () => {
  const owner = createIdentity();
  liveInstances().set(owner.token, onThisHost);
  const paths = await leave(sampleInstance("running"), owner);
  expect(await host(paths).list()).toEqual([]);
  expect(await host(paths).claim(sampleId(1))).toBeUndefined();
  expect(existsSync(claimPath(paths))).toBe(false);
  liveInstances().delete(owner.token);
  expect(await host(paths).list()).toHaveLength(1);
});

/** The process of the one lost instance in a folder. */
async function childOf(paths: StatePaths) {
  const lost = await host(paths).claim(sampleId(1));
  return lost !== undefined && "process" in lost.instance.state ? lost.instance.state.process : undefined;
}

const elsewhere: SupervisorIdentity = { ...gone, bootId: "another boot" };

test("a record of another boot is never judged by its child's pid", async () => {
  const paths = await leave(sampleInstance("running"), elsewhere);
  silentFor(SINCE_START_MS, paths, sampleId(1));
  expect(await childOf(await leave(sampleInstance("running"), gone))).toMatchObject({ pid: 4242 });
  expect(await childOf(paths)).toBeNull();
});

test("a record of another boot that nobody renewed since this machine was started is lost at once", async () => {
  const paths = await leave(sampleInstance("running"), elsewhere);
  silentFor(SINCE_START_MS, paths, sampleId(1));
  expect(await host(paths).list()).toHaveLength(1);
});

/** A host on a machine that was started long ago, whose clock a test owns. */
function hostAwake(paths: StatePaths) {
  const clock = new FakeClock();
  const offset = Date.now() - clock.now();
  const looker = host(paths, { now: () => clock.now() + offset, bootedAt: () => 0 });
  const lostAfter = async (ms: number): Promise<boolean> => {
    clock.advance(ms);
    return (await looker.list()).length > 0;
  };
  return { lostAfter };
}

test("a record of a container beside this one is lost once it was silent for two minutes, and for one that was watched", async () => {
  const paths = await leave(sampleInstance("running"), elsewhere);
  silentFor(110_000, paths, sampleId(1));
  const { lostAfter } = hostAwake(paths);
  expect(await lostAfter(0)).toBe(false);
  // Silent for long enough, and watched for none of it, half of it, all of it.
  expect([await lostAfter(30_000), await lostAfter(30_000), await lostAfter(30_000)]).toEqual([false, false, true]);
});

test("it is not lost for a silence in which this host stood still as well", async () => {
  const paths = await leave(sampleInstance("running"), elsewhere);
  const { lostAfter } = hostAwake(paths);
  expect([await lostAfter(0), await lostAfter(3_600_000), await lostAfter(7_200_000)]).toEqual([false, false, false]);
  expect(await lostAfter(30_000)).toBe(true);
});

test("a beat begins the watch anew", async () => {
  const paths = await leave(sampleInstance("running"), elsewhere);
  const { lostAfter } = hostAwake(paths);
  expect([await lostAfter(150_000), await lostAfter(30_000)]).toEqual([false, false]);
  silentFor(-180_000, paths, sampleId(1));
  expect([await lostAfter(20_000), await lostAfter(130_000), await lostAfter(30_000)]).toEqual([false, false, false]);
  expect(await lostAfter(30_000)).toBe(true);
});

for (const state of unsettled) {
  test(`an owner elsewhere keeps a record that is ${state}, however long its agent says nothing`, async () => {
    const clock = new FakeClock();
    const { paths, store } = openStore(freshPaths(), elsewhere, clock);
    const { progress } = sampleInstance();
    await store.create(sampleInstance(state, { progress: { ...progress, lastActivityAt: Date.now() - 3_600_000 } }));
    silentFor(SINCE_START_MS, paths, sampleId(1));
    const looker = host(paths);
    expect(await looker.list()).toHaveLength(1);
    clock.advance(31_000);
    await until("its owner is taken to live", async () => (await looker.list()).length === 0);
  });
}

test("of two hosts that claim together exactly one gets the record", async () => {
  for (let round = 0; round < 20; round++) {
    const paths = await leave(sampleInstance("running"), gone);
    const hosts = [host(paths), host(paths), host(paths)];
    const claims = await Promise.all(hosts.map(async (each) => await each.claim(sampleId(1))));
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
  }
});

test("a claim that was given back can be taken", async () => {
  const paths = await leave(sampleInstance("running"), gone);
  const [first, second] = [host(paths), host(paths)];
  expect(await first.claim(sampleId(1))).toBeDefined();
  await first.release(sampleId(1));
  expect(await second.claim(sampleId(1))).toBeDefined();
});

test("a record that was settled meanwhile cannot be claimed, and no claim stays", async () => {
  const paths = await leave(sampleInstance("running"), gone);
  const late = host(paths);
  expect(await late.list()).toHaveLength(1);
  await leave(sampleInstance("failed"), gone, paths);
  expect(await late.claim(sampleId(1))).toBeUndefined();
  expect(existsSync(claimPath(paths))).toBe(false);
});

const abandoned: [string, string, number][] = [
  ["of a host that has died since", JSON.stringify(gone), 0],
  ["of a host of an earlier boot", JSON.stringify({ ...gone, bootId: "another boot" }), 3_700_000],
  ["that its host died over before it wrote its name", "", 3_700_000],
];

test.each(abandoned)("a claim %s is taken over, by one only", async (_, text, ageMs) => {
  for (let round = 0; round < 10; round++) {
    const paths = await leave(sampleInstance("running"), gone);
    writeFileSync(claimPath(paths), text);
    const at = (Date.now() - ageMs) / 1000;
    utimesSync(claimPath(paths), at, at);
    const hosts = [host(paths), host(paths), host(paths)];
    const claims = await Promise.all(hosts.map(async (each) => await each.claim(sampleId(1))));
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
  }
});

const held: [string, string][] = [
  ["that was just made and has no name yet", ""],
  ["of another boot or namespace that is fresh", JSON.stringify({ ...gone, bootId: "another boot" })],
];

test.each(held)("a claim %s is respected", async (_, text) => {
  const paths = await leave(sampleInstance("running"), gone);
  writeFileSync(claimPath(paths), text);
  expect(await host(paths).claim(sampleId(1))).toBeUndefined();
  expect(existsSync(claimPath(paths))).toBe(true);
});

test("a claim that was taken over can be given back and taken again, and none is left once the record is settled", async () => {
  const paths = await leave(sampleInstance("running"), gone);
  writeFileSync(claimPath(paths), JSON.stringify(gone));
  const [first, second, third] = [host(paths), host(paths), host(paths)];
  expect(await first.claim(sampleId(1))).toBeDefined();
  await first.release(sampleId(1));
  expect(await second.claim(sampleId(1))).toBeDefined();
  expect(await third.claim(sampleId(1))).toBeUndefined();
  await leave(sampleInstance("failed"), gone, paths);
  await second.release(sampleId(1));
  expect(readdirSync(paths.recordDir)).toEqual([`${sampleId(1)}.json`]);
});

test("a host that takes over a claim of which another one has just removed the last trace has none, and leaves none", async () => {
  const paths = await leave(sampleInstance("running"), gone);
  writeFileSync(claimPath(paths), JSON.stringify(gone));
  const first = host(paths);
  expect(await first.claim(sampleId(1))).toBeDefined();
  const files: Files = {
    ...systemFiles,
    async create(path, text) {
      if (path.endsWith(`.claim.${gone.token}`)) {
        // Found abandoned by the late one; meanwhile the first one has settled the record.
        await openStore(paths, gone).store.save(sampleInstance("done"));
        await first.release(sampleId(1));
      }
      await systemFiles.create(path, text);
    },
  };
  const late = host(paths, { files });
  expect(await late.claimEnded(sampleId(1))).toBeUndefined();
  expect(readdirSync(paths.recordDir)).toEqual([`${sampleId(1)}.json`]);
  // It can be had by who comes next, alone.
  expect(await first.claimEnded(sampleId(1))).toBeDefined();
  expect(await late.claimEnded(sampleId(1))).toBeUndefined();
});

function unreadable(): boolean {
  throw new Error("The process table cannot be read: EMFILE");
}

test("while no process can be seen nothing is lost, and what was claimed for a look is given back", async () => {
  const paths = await leave(sampleInstance("running"), gone);
  const isAlive = { current: unreadable };
  const looking = host(paths, { isAlive: () => isAlive.current() });
  for (const look of [looking.list.bind(looking), looking.claim.bind(looking, sampleId(1))]) {
    expect(await look().catch(String)).toContain("The process table cannot be read");
  }
  await openStore(paths, gone).store.create(sampleInstance("done"));
  expect(await looking.claimEnded(sampleId(1)).catch(String)).toContain("The process table cannot be read");
  expect(readdirSync(paths.recordDir)).toEqual([`${sampleId(1)}.json`]);
  isAlive.current = () => false;
  expect(await looking.claimEnded(sampleId(1))).toBeDefined();
});
