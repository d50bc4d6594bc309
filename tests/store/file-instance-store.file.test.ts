import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromRecord } from "../../src/store/record.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import { recordPath, type StatePaths } from "../../src/store/state-paths.ts";
import { lastTurn } from "../../src/supervisor/live.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { sampleInstance } from "../supervisor/sample-instance.ts";
import { until } from "../until.ts";
import { freshPaths, nobody, openStore } from "./store-rig.ts";

const instance = sampleInstance("running");
const { instanceId } = instance;
const states = Array.from({ length: 30 }, (_, index) => ({ ...instance, title: `state ${index}` }));

function titleOnDisk(paths: StatePaths): string {
  return (JSON.parse(readFileSync(recordPath(paths, instanceId), "utf8")) as { title: string }).title;
}

/** Takes the folder away and puts a file there: no write reaches it, root's neither. */
function block(paths: StatePaths): () => void {
  renameSync(paths.recordDir, `${paths.recordDir}.away`);
  writeFileSync(paths.recordDir, "");
  return () => {
    rmSync(paths.recordDir);
    renameSync(`${paths.recordDir}.away`, paths.recordDir);
  };
}

test("the first record is on disk when create settles, folders made, for the owner's eyes only", async () => {
  const { paths, store } = openStore();
  await store.create(instance);
  expect(titleOnDisk(paths)).toBe(instance.title);
  expect(statSync(recordPath(paths, instanceId)).mode & 0o777).toBe(0o600);
  expect(statSync(paths.recordDir).mode & 0o777).toBe(0o700);
  expect(statSync(paths.stateDir).mode & 0o777).toBe(0o700);
});

test("a state folder that cannot be written makes create reject, and nothing is dirty", async () => {
  const paths = freshPaths();
  mkdirSync(paths.stateDir);
  writeFileSync(paths.recordDir, "a file in the place of the folder");
  const { store } = openStore(paths);
  expect(store.create(instance)).rejects.toThrow();
  expect(store.isDirty(instanceId)).toBe(false);
});

test("of states that come together the newest is on disk when any of them settles", async () => {
  const { paths, store } = openStore();
  await store.create(instance);
  await Promise.all(states.map(async (state) => await store.save(state)));
  expect(titleOnDisk(paths)).toBe("state 29");
  expect(store.isDirty(instanceId)).toBe(false);
  expect(readdirSync(paths.recordDir)).toEqual([`${instanceId}.json`]);
});

test("a state is dirty until it is on disk", async () => {
  const { paths, store } = openStore();
  await store.create(instance);
  const saved = store.save(states[1]!);
  expect(store.isDirty(instanceId)).toBe(true);
  await saved;
  expect(store.isDirty(instanceId)).toBe(false);
  expect(titleOnDisk(paths)).toBe("state 1");
});

test("a failed save rejects, stays dirty, and is made good once the disk takes it again", async () => {
  const clock = new FakeClock();
  const { paths, store } = openStore(freshPaths(), nobody, clock);
  await store.create(instance);
  const free = block(paths);
  expect(store.save(states[1]!)).rejects.toThrow();
  await store.save(states[2]!).catch(() => undefined);
  expect(store.isDirty(instanceId)).toBe(true);
  free();
  clock.advance(60_000);
  await until("the newest state is on disk", () => !store.isDirty(instanceId));
  expect(titleOnDisk(paths)).toBe("state 2");
});

test("a disk that fails again and again is tried again and again", async () => {
  const clock = new FakeClock();
  const { paths, store } = openStore(freshPaths(), nobody, clock);
  await store.create(instance);
  const free = block(paths);
  await store.save(states[3]!).catch(() => undefined);
  for (let attempt = 0; attempt < 3; attempt++) {
    clock.advance(60_000);
    // The attempt that the clock started fails before this one, which waits for the same write.
    await store.save(states[3]!).catch(() => undefined);
    expect(store.isDirty(instanceId)).toBe(true);
  }
  free();
  clock.advance(60_000);
  await until("the state is on disk", () => !store.isDirty(instanceId));
  expect(titleOnDisk(paths)).toBe("state 3");
});

test("saveNow is on disk when it returns, and an earlier save that is still under way does not undo it", async () => {
  for (let round = 0; round < 10; round++) {
    const { paths, store } = openStore();
    await store.create(instance);
    const slow = store.save({ ...states[1]!, prompt: "x".repeat(2_000_000) });
    for (let turns = 0; turns < round; turns++) await new Promise((resolve) => setImmediate(resolve));
    store.saveNow({ ...instance, title: "the last word" });
    expect(titleOnDisk(paths)).toBe("the last word");
    await slow;
    expect(titleOnDisk(paths)).toBe("the last word");
  }
}, 20_000);

test("after saveNow no timer is left and no later save reaches the disk", async () => {
  const clock = new FakeClock();
  const { paths, store } = openStore(freshPaths(), nobody, clock);
  await store.create(instance);
  const free = block(paths);
  await store.save(states[1]!).catch(() => undefined);
  free();
  store.saveNow({ ...instance, title: "the last word" });
  clock.advance(60_000);
  await store.save(states[2]!);
  expect(titleOnDisk(paths)).toBe("the last word");
  expect(store.isDirty(instanceId)).toBe(false);
});

test("a result is on disk as it came when writeResult settles", async () => {
  const { paths, store } = openStore();
  await store.create(instance);
  const text = "grüße 🦊\r\n\tand more\n".repeat(10_000);
  await store.writeResult(instanceId, text);
  const path = join(paths.recordDir, `${instanceId}.result.md`);
  expect(store.resultPath(instanceId)).toBe(path);
  expect(readFileSync(path, "utf8")).toBe(text);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a record whose result the disk does not take stays as it was, and both are made good", async () => {
  const clock = new FakeClock();
  const { paths, store } = openStore(freshPaths(), nobody, clock);
  await store.create(states[0]!);
  mkdirSync(store.resultPath(instanceId));
  expect(await store.save(states[1]!, "found").catch(String)).toContain(".result.md");
  expect(titleOnDisk(paths)).toBe("state 0");
  expect(readdirSync(paths.recordDir).toSorted()).toEqual([`${instanceId}.json`, `${instanceId}.result.md`]);
  rmSync(store.resultPath(instanceId), { recursive: true });
  clock.advance(60_000);
  await until("both are on disk", () => !store.isDirty(instanceId));
  expect(titleOnDisk(paths)).toBe("state 1");
  expect(readFileSync(store.resultPath(instanceId), "utf8")).toBe("found");
});

test("the record names its result by the name alone, and its log by the path that operators follow", async () => {
  const { paths, store } = openStore();
  await store.create(instance);
  const { resultPath, logPath } = JSON.parse(readFileSync(recordPath(paths, instanceId), "utf8"));
  expect(resultPath).toBe(`${instanceId}.result.md`);
  expect(logPath).toBe(join(paths.logDir, `${instanceId}.log`));
});

test("a record that is taken over keeps its log, whatever folder the new host has for its own", async () => {
  const { paths, store } = openStore();
  await store.create(instance);
  const records = new RecordFolder(paths, (message) => expect.unreachable(message));
  const found = await records.read(instanceId);
  mkdirSync(paths.logDir, { recursive: true });
  const elsewhere = { ...paths, logDir: join(paths.stateDir, "other-logs") };
  const taken = new RecordFolder(elsewhere, (message) => expect.unreachable(message));
  const left = fromRecord((await taken.read(instanceId))!);
  await openStore(elsewhere).store.create(left);
  expect((await taken.read(instanceId))?.logPath).toBe(found!.logPath);
  expect(lastTurn(left).logPath).toBe(found!.logPath);
});

test("a record is renewed every half minute for as long as its agent has not ended, and no timer runs after that", async () => {
  const clock = new FakeClock();
  const { paths, store } = openStore(freshPaths(), nobody, clock);
  const path = recordPath(paths, instanceId);
  const long = new Date(Date.now() - 3_600_000);
  const isRenewed = () => statSync(path).mtimeMs > long.getTime() + 1000;
  await store.create(instance);
  for (let beat = 0; beat < 3; beat++) {
    utimesSync(path, long, long);
    clock.advance(30_000);
    await until("the record is renewed", isRenewed);
  }
  await store.save(sampleInstance("done"));
  expect(clock.pending).toBe(0);
});

test("a store that is closed renews nothing", async () => {
  const clock = new FakeClock();
  const { store } = openStore(freshPaths(), nobody, clock);
  await store.create(instance);
  expect(clock.pending).toBe(1);
  store.close();
  expect(clock.pending).toBe(0);
});

test("a record that has gone ends no beat of the others", async () => {
  const clock = new FakeClock();
  const { paths, store } = openStore(freshPaths(), nobody, clock);
  await store.create(instance);
  rmSync(recordPath(paths, instanceId));
  clock.advance(30_000);
  await Promise.resolve();
  expect(clock.pending).toBe(1);
});

test("a state folder that was removed is made again by whatever is written next, for its owner only", async () => {
  const { paths, store } = openStore();
  await store.create(instance);
  const writes = [
    async () => await store.save({ ...instance, title: "saved" }),
    async () => await store.writeResult(instanceId, "the result"),
    async () => store.saveNow({ ...instance, title: "saved at the end" }, "the result"),
  ];
  for (const write of writes) {
    rmSync(paths.stateDir, { recursive: true });
    await write();
    expect(statSync(paths.stateDir).mode & 0o777).toBe(0o700);
    expect(statSync(paths.recordDir).mode & 0o777).toBe(0o700);
  }
  expect(titleOnDisk(paths)).toBe("saved at the end");
});
