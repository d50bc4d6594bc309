import { expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { systemFiles } from "../../src/files/files.ts";
import { livePath, readLive } from "../../src/store/live-file.ts";
import { makeFolders } from "../../src/store/state-paths.ts";
import type { Instance } from "../../src/supervisor/instance.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { sampleInstance } from "../supervisor/sample-instance.ts";
import { until } from "../until.ts";
import { freshPaths, nobody, openStore } from "./store-rig.ts";

const instance = sampleInstance("running");
const { instanceId } = instance;

function doing(activity: string): Instance {
  return { ...instance, progress: { ...instance.progress, activity } };
}

test("what an agent does is on disk within a tenth of a second, the newest of what came together", async () => {
  const clock = new FakeClock();
  const { paths, store } = openStore(freshPaths(), nobody, clock);
  await store.create(instance);
  store.show(doing("tool bash: a"));
  clock.advance(30);
  store.show(doing("tool bash: b"));
  const since = clock.now();
  clock.advance(70);
  // What came first may be written at this moment.
  const isNewest = async () => (await readLive(systemFiles, paths, instanceId))?.activity === "tool bash: b";
  await until("the newest is written", isNewest);
  expect(await readLive(systemFiles, paths, instanceId)).toMatchObject({ since });
});

test("once the record tells of the end nothing else is left", async () => {
  const clock = new FakeClock();
  const { paths, store } = openStore(freshPaths(), nobody, clock);
  await store.create(instance);
  store.show(doing("tool bash: a"));
  clock.advance(100);
  await until("it is written", () => existsSync(livePath(paths, instanceId)));
  store.show(doing("tool bash: b"));
  await store.save({ ...sampleInstance("done"), instanceId });
  clock.advance(100);
  store.show({ ...sampleInstance("done"), instanceId });
  clock.advance(100);
  expect(readdirSync(paths.recordDir)).toEqual([`${instanceId}.json`]);
});

test.each(["", '{"activity":', '{"activity":7}', "null"])("what is no live file, %j, says nothing", async (text) => {
  const paths = freshPaths();
  await makeFolders(paths);
  expect(await readLive(systemFiles, paths, instanceId)).toBeUndefined();
  writeFileSync(livePath(paths, instanceId), text);
  expect(await readLive(systemFiles, paths, instanceId)).toBeUndefined();
});
