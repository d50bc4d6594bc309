import { expect, onTestFinished, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { writeDurably } from "../../src/files/durable-file.ts";
import { liveInstances } from "../../src/processes/live-instances.ts";
import { createIdentity, type SupervisorIdentity } from "../../src/processes/supervisor-identity.ts";
import { removeOld, type RetentionParts } from "../../src/store/retention.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import { logPath, recordPath, resultPath, type StatePaths } from "../../src/store/state-paths.ts";
import { sampleId, sampleInstance, sampleStates } from "../supervisor/sample-instance.ts";
import { freshPaths, nobody, openStore } from "./store-rig.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-06-15T12:00:00.000Z");
const [a, b] = [sampleId(1), sampleId(2)];

/** Leaves a record that ended so long ago, with everything that belongs to an agent. */
async function leaveEnded(paths: StatePaths, id: string, agoMs: number, owner: SupervisorIdentity = nobody) {
  const state = { ...sampleStates.done, endedAt: NOW - agoMs };
  await openStore(paths, owner).store.create(sampleInstance("done", { instanceId: id, state }));
  for (const path of [
    resultPath(paths, id),
    ...[".log", ".log.1", ".log.3"].map((end) => join(paths.logDir, id + end)),
  ]) {
    file(path, 0);
  }
  file(join(paths.recordDir, `${id}.request-01ARZ3NDEKTSV4RRFFQ69G5FAV.json`), 0);
}

/** A file that was last written so long ago. */
function file(path: string, agoMs: number, text = "x"): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, (NOW - agoMs) / 1000, (NOW - agoMs) / 1000);
  return path;
}

async function keep(paths: StatePaths, given: Partial<RetentionParts> = {}) {
  const reports: string[] = [];
  const report = (message: string) => void reports.push(message);
  const records = new RecordFolder(paths, report);
  const removed = await removeOld({ paths, records, identity: createIdentity(), now: () => NOW, report, ...given });
  return { removed, reports };
}

/** The names below the state folder. */
function names(paths: StatePaths): string[] {
  return readdirSync(paths.stateDir, { recursive: true, encoding: "utf8" })
    .filter((name) => !lstatSync(join(paths.stateDir, name)).isDirectory())
    .toSorted();
}

test("an agent that ended more than 7 days ago goes with its result, logs and requests; a younger one stays whole", async () => {
  const paths = freshPaths();
  await leaveEnded(paths, a, 7 * DAY + HOUR);
  await leaveEnded(paths, b, 7 * DAY - HOUR);
  const before = names(paths);
  const { removed, reports } = await keep(paths);
  expect(names(paths)).toEqual(before.filter((name) => name.includes(b)));
  expect(removed).toHaveLength(before.length / 2);
  expect(reports).toEqual([]);
});

test("the log of an old agent goes from the folder of the host that ran it, and nothing else from there", async () => {
  const paths = freshPaths();
  const elsewhere = { ...paths, logDir: join(paths.stateDir, "other-logs") };
  await leaveEnded(elsewhere, a, 8 * DAY);
  const kept = [logPath(elsewhere, b), join(elsewhere.logDir, "notes.txt")].map((path) => file(path, 30 * DAY));
  await keep(paths);
  expect(names(paths)).toEqual(kept.map((path) => relative(paths.stateDir, path)).toSorted());
});

test("what was set aside as unusable goes 7 days after that, whatever it was and whenever it was written", async () => {
  const paths = freshPaths();
  await leaveEnded(paths, b, HOUR);
  const asides = (agoMs: number) =>
    [
      join(paths.recordDir, `${a}.json`),
      join(paths.recordDir, `${b}.json`),
      join(paths.recordDir, `${b}.request-01ARZ3NDEKTSV4RRFFQ69G5FAV.json`),
      join(paths.stateDir, "sessions", "ses_some.json"),
      join(paths.stateDir, "plan-settings.json"),
    ].map((path) => file(`${path}.corrupt-${NOW - agoMs}`, 30 * DAY));
  const young = asides(6 * DAY);
  const before = names(paths);
  const stale = asides(8 * DAY);
  const others = [`${a}.json.corrupt`, "notes.corrupt-1780000000000"].map((name) =>
    file(join(paths.stateDir, name), 30 * DAY),
  );
  const { removed } = await keep(paths);
  expect(removed.every(({ why }) => why === "set aside")).toBe(true);
  expect(removed.map(({ path }) => path).toSorted()).toEqual(stale.toSorted());
  const left = [...before, ...others.map((path) => relative(paths.stateDir, path))];
  expect(names(paths)).toEqual(left.toSorted());
  expect(young).toHaveLength(5);
});

test("a dry run tells the same files and removes none", async () => {
  const paths = freshPaths();
  await leaveEnded(paths, a, 8 * DAY);
  file(join(paths.stateDir, "sessions", "ses_old.json"), 8 * DAY);
  const before = names(paths);
  const told = await keep(paths, { dryRun: true });
  expect(names(paths)).toEqual(before);
  const done = await keep(paths);
  expect(done.removed.map(({ path }) => path).toSorted()).toEqual(told.removed.map(({ path }) => path).toSorted());
  expect(names(paths)).toEqual([]);
});

test("nothing of an agent that has not ended, or whose owner lives, is touched", async () => {
  const paths = freshPaths();
  const owner = createIdentity();
  liveInstances().set(owner.token, { directory: "/project", moduleUrl: "file:///plugin.ts" });
  onTestFinished(() => void liveInstances().delete(owner.token));
  await leaveEnded(paths, a, 30 * DAY, owner);
  await openStore(paths).store.create(sampleInstance("running", { instanceId: b }));
  file(logPath(paths, b), 30 * DAY);
  file(join(paths.logDir, `${b}.log.2`), 30 * DAY);
  const before = names(paths);
  expect((await keep(paths)).removed).toEqual([]);
  expect(names(paths)).toEqual(before);
});

test("a record of a newer version stays, with its logs and its result", async () => {
  const paths = freshPaths();
  file(recordPath(paths, a), 30 * DAY, JSON.stringify({ schemaVersion: 99, endedAt: "2020-01-01T00:00:00.000Z" }));
  file(resultPath(paths, a), 30 * DAY);
  file(logPath(paths, a), 30 * DAY);
  const before = names(paths);
  expect((await keep(paths)).removed).toEqual([]);
  expect(names(paths)).toEqual(before);
});

test("a record that another host has claimed is left to that one", async () => {
  const paths = freshPaths();
  await leaveEnded(paths, a, 8 * DAY);
  const other = createIdentity();
  liveInstances().set(other.token, { directory: "/project", moduleUrl: "file:///plugin.ts" });
  onTestFinished(() => void liveInstances().delete(other.token));
  writeFileSync(`${recordPath(paths, a)}.claim`, JSON.stringify(other));
  expect((await keep(paths)).removed).toEqual([]);
  expect(existsSync(recordPath(paths, a))).toBe(true);
});

test("an agent that somebody has taken up again since the records were listed stays", async () => {
  const paths = freshPaths();
  await leaveEnded(paths, a, 8 * DAY);
  const records = new RecordFolder(paths, (message) => expect.unreachable(message));
  const [old] = await records.list();
  await openStore(paths).store.create(sampleInstance("running", { instanceId: a }));
  records.list = async () => [old!];
  expect((await keep(paths, { records })).removed).toEqual([]);
  expect(existsSync(resultPath(paths, a))).toBe(true);
});

test("a claim that a dead host left goes with the record", async () => {
  const paths = freshPaths();
  await leaveEnded(paths, a, 8 * DAY);
  writeFileSync(`${recordPath(paths, a)}.claim`, JSON.stringify({ ...createIdentity(), pid: 2_000_000_001 }));
  await keep(paths);
  expect(names(paths)).toEqual([]);
});

const untouched: [string, string, number, "stays" | "goes"][] = [
  ["guard state of a session", "sessions/ses_A1.json", 7 * DAY + HOUR, "goes"],
  ["guard state of a session", "sessions/ses_A1.json", 7 * DAY - HOUR, "stays"],
  ["notes to a session", "sessions/ses_A1.notes.json", 7 * DAY + HOUR, "goes"],
  ["notes to a session", "sessions/ses_A1.notes.json", 7 * DAY - HOUR, "stays"],
  ["a session's tool log", "logs/ses_A1.log", 7 * DAY + HOUR, "goes"],
  ["a session's rotated tool log", "logs/ses_A1.log.3", 7 * DAY + HOUR, "goes"],
  ["a session's tool log", "logs/ses_A1.log", 7 * DAY - HOUR, "stays"],
  ["the log of no record", `logs/${a}.log`, 7 * DAY + HOUR, "goes"],
  ["the rotated log of no record", `logs/${a}.log.1`, 7 * DAY + HOUR, "goes"],
  ["the log of no record", `logs/${a}.log`, 7 * DAY - HOUR, "stays"],
  ["the result of no record", `bg/${a}.result.md`, 7 * DAY + HOUR, "goes"],
  ["the result of no record", `bg/${a}.result.md`, 7 * DAY - HOUR, "stays"],
  ["an unfinished write of a record", `bg/${a}.json.4242424242`, 2 * HOUR, "goes"],
  ["an unfinished write of a record", `bg/${a}.json.4242424242`, HOUR / 2, "stays"],
  ["an unfinished write of a result", `bg/${a}.result.md.7`, 2 * HOUR, "goes"],
  ["an unfinished request", `bg/${a}.request-01ARZ3NDEKTSV4RRFFQ69G5FAV.json.77`, 2 * HOUR, "goes"],
  ["the change of a file", `changes/${"0a".repeat(16)}.json`, 7 * DAY + HOUR, "goes"],
  ["the change of a file", `changes/${"0a".repeat(16)}.json`, 7 * DAY - HOUR, "stays"],
  ["a hold on a file that nobody gave back", `changes/${"0a".repeat(16)}.lock`, 7 * DAY + HOUR, "goes"],
  ["somebody else's file beside the changes", "changes/notes.json", 30 * DAY, "stays"],
  ["an unfinished write of guard state", "sessions/ses_A1.json.123", 2 * HOUR, "goes"],
  ["an unfinished write of notes", "sessions/ses_A1.notes.json.123", 2 * HOUR, "goes"],
  ["an unfinished write of the settings", "plan-settings.json.123", 2 * HOUR, "goes"],
  ["the settings", "plan-settings.json", 30 * DAY, "stays"],
  ["a file of somebody else", "bg/notes.json.123", 30 * DAY, "stays"],
  ["a server's log", "logs/warm-server-wrm_01ARZ3NDEKTSV4RRFFQ69G5FAV.log.1", 7 * DAY + HOUR, "goes"],
  ["a server's log", "logs/warm-server-wrm_01ARZ3NDEKTSV4RRFFQ69G5FAV.log", 7 * DAY - HOUR, "stays"],
  ["a log of somebody else", "logs/server.log.1", 30 * DAY, "stays"],
  ["a name that is nearly ours", `logs/${a}.log.4`, 30 * DAY, "stays"],
  ["a name that is nearly ours", `bg/${a}x.json.1`, 30 * DAY, "stays"],
  ["a name that is nearly ours", "sessions/ses_A-1.json", 30 * DAY, "stays"],
];

test.each(untouched)("%s (%s) untouched for %d ms %s", async (_, name, agoMs, fate) => {
  const paths = freshPaths();
  const path = file(join(paths.stateDir, name), agoMs);
  await keep(paths);
  expect(existsSync(path) ? "stays" : "goes").toBe(fate);
});

test("an unfinished write is known by the name that the library really gives it", async () => {
  const paths = freshPaths();
  let created: string[] = [];
  mkdirSync(paths.recordDir, { recursive: true });
  await writeDurably(resultPath(paths, a), "x", () => {
    created = readdirSync(paths.recordDir);
    return true;
  });
  const left = file(join(paths.recordDir, created[0]!), 2 * HOUR);
  expect((await keep(paths)).removed.map(({ path }) => path)).toEqual([left]);
});

test("what an unfinished write is worth does not depend on its record", async () => {
  const paths = freshPaths();
  await leaveEnded(paths, a, DAY);
  const path = file(`${recordPath(paths, a)}.4242424242`, 2 * HOUR);
  expect((await keep(paths)).removed.map((removed) => removed.path)).toEqual([path]);
});

test("a record that was set aside keeps its result and log for 7 days from then", async () => {
  const paths = freshPaths();
  const log = file(logPath(paths, a), 30 * DAY);
  const aside = file(`${recordPath(paths, a)}.corrupt-${NOW - DAY}`, 30 * DAY);
  expect((await keep(paths)).removed).toEqual([]);
  const later = await keep(paths, { now: () => NOW + 7 * DAY });
  expect(later.removed.map(({ path }) => path).toSorted()).toEqual([aside, log].toSorted());
});

test("nothing is removed through a link, and no link either", async () => {
  const paths = freshPaths();
  const elsewhere = freshPaths();
  const precious = file(join(elsewhere.stateDir, "logs", "ses_A1.log"), 30 * DAY, "precious");
  mkdirSync(paths.stateDir, { recursive: true });
  symlinkSync(join(elsewhere.stateDir, "logs"), paths.logDir);
  file(join(paths.stateDir, "sessions", "ses_B.json"), 30 * DAY);
  symlinkSync(precious, join(paths.stateDir, "sessions", "ses_A1.json"));
  mkdirSync(paths.recordDir);
  symlinkSync(precious, recordPath(paths, a));
  file(resultPath(paths, a), 30 * DAY);
  const { removed } = await keep(paths);
  expect(removed.map(({ path }) => path)).toEqual([join(paths.stateDir, "sessions", "ses_B.json")]);
  expect(readFileSync(precious, "utf8")).toBe("precious");
  expect(existsSync(recordPath(paths, a))).toBe(true);
});

test("several hosts that keep house at once remove everything once, and report nothing", async () => {
  const paths = freshPaths();
  for (let number = 1; number <= 20; number++) await leaveEnded(paths, sampleId(number), 8 * DAY);
  const total = names(paths).length;
  const ends = await Promise.all([keep(paths), keep(paths), keep(paths)]);
  expect(ends.reduce((sum, { removed }) => sum + removed.length, 0)).toBe(total);
  expect(ends.flatMap(({ reports }) => reports)).toEqual([]);
  // Hosts that take over each other's claims may leave one behind; it holds up nobody, since its record is gone.
  expect(names(paths).filter((name) => !name.includes(".json.claim"))).toEqual([]);
});

test("a state folder that is not there yet is no problem", async () => {
  expect(await keep(freshPaths())).toEqual({ removed: [], reports: [] });
});

test("it stops between two records when its host is closed", async () => {
  const paths = freshPaths();
  await leaveEnded(paths, a, 8 * DAY);
  const before = names(paths);
  await keep(paths, { signal: AbortSignal.abort() });
  expect(names(paths)).toEqual(before);
});
