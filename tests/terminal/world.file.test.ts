import { expect, onTestFinished, test } from "bun:test";
import type { TuiPluginApi } from "@opencode-ai/plugin/tui";
import { serverEnd } from "../../src/halves/channel.ts";
import { liveInstances } from "../../src/processes/live-instances.ts";
import { createIdentity } from "../../src/processes/supervisor-identity.ts";
import { isAlive } from "../../src/terminal/agent-now.ts";
import { createWorld } from "../../src/terminal/world.ts";
import { livingOwner } from "../cli/command-line-rig.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { freshPaths, openStore, silentFor } from "../store/store-rig.ts";
import { until } from "../until.ts";

const answer = async () => ({ ok: true, text: "" }) as const;

/** A screen that is told of a state folder, on a clock that a test moves. */
function openScreen(paths = freshPaths()) {
  const clock = new FakeClock();
  const directory = `/project/${paths.stateDir}`;
  const onDispose: (() => void)[] = [];
  const api = {
    state: { path: { directory } },
    lifecycle: { onDispose: (run: () => void) => void onDispose.push(run) },
  } as unknown as TuiPluginApi;
  const server = serverEnd(directory, answer);
  const world = createWorld(api, () => undefined, clock);
  server.tell({ kind: "here", stateDir: paths.stateDir, logDir: paths.logDir, token: "S", plans: [] });
  onTestFinished(() => {
    for (const run of onDispose) run();
    server.close();
  });
  const atWork = () => world.agents().filter((agent) => isAlive(agent)).length;
  return { paths, clock, world, atWork };
}

test("the time of the screen goes on while an agent works, and nothing wakes up once none does", async () => {
  const { paths, clock, world, atWork } = openScreen();
  await until("the folder is followed", () => world.watch() !== undefined);
  expect(clock.pending).toBe(0);
  const { store } = openStore(paths, livingOwner());
  await store.create(sampleInstance("running"));
  await until("it is seen", () => atWork() === 1);
  const before = world.now();
  clock.advance(3000);
  expect(world.now()).toBe(before + 3000);
  expect(clock.pending).toBe(1);
  await store.save(sampleInstance("done"));
  await until("its end is seen", () => atWork() === 0);
  expect(clock.pending).toBe(0);
});

test("agents whose opencode is gone keep no clock going: those left behind, and those whose opencode is killed", async () => {
  const paths = freshPaths();
  const left = sampleInstance("running", { instanceId: sampleId(2) });
  await openStore(paths, { ...createIdentity(), pid: 2_000_000_001 }).store.create(left);
  const { clock, world, atWork } = openScreen(paths);
  await until("it is seen", () => world.agents().length === 1);
  expect([atWork(), clock.pending]).toEqual([0, 0]);
  const owner = livingOwner();
  await openStore(paths, owner).store.create(sampleInstance("running"));
  await until("another one works", () => atWork() === 1);
  liveInstances().delete(owner.token);
  clock.advance(1000);
  await until("it is seen that nobody runs it", () => atWork() === 0);
  expect(clock.pending).toBe(0);
});

test("an agent of another machine is at work while its record is renewed, and left when it was silent since a start", async () => {
  const paths = freshPaths();
  const elsewhere = { ...createIdentity(), bootId: "another boot" };
  const renewed = sampleInstance("running", { instanceId: sampleId(1) });
  const silent = sampleInstance("running", { instanceId: sampleId(2) });
  for (const instance of [renewed, silent]) await openStore(paths, elsewhere).store.create(instance);
  silentFor(10 * 365 * 86_400_000, paths, silent.instanceId);
  const { world } = openScreen(paths);
  await until("both are seen", () => world.agents().length === 2);
  expect(world.agents().map((agent) => isAlive(agent))).toEqual([true, false]);
});

test("of fifty agents that begin in one moment, and end in one, none is left out", async () => {
  const { paths, clock, world, atWork } = openScreen();
  await until("the folder is followed", () => world.watch() !== undefined);
  const { store } = openStore(paths, livingOwner());
  const ids = Array.from({ length: 50 }, (_, index) => sampleId(index + 1));
  await Promise.all(ids.map(async (instanceId) => await store.create(sampleInstance("running", { instanceId }))));
  await until("all are seen", () => atWork() === 50);
  expect(world.agents().map(({ record }) => record.instanceId)).toEqual(ids);
  await Promise.all(ids.map(async (instanceId) => await store.save(sampleInstance("done", { instanceId }))));
  await until("all ends are seen", () => atWork() === 0);
  expect(clock.pending).toBe(0);
});
