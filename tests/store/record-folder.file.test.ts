import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { systemFiles, type Files } from "../../src/files/files.ts";
import { thisMachine } from "../../src/store/machine.ts";
import { toRecord, type InstanceRecord } from "../../src/store/record.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import { writeDurably } from "../../src/files/durable-file.ts";
import { recordPath, type StatePaths } from "../../src/store/state-paths.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { freshPaths, nobody } from "./store-rig.ts";

function record(number: number, given: Partial<InstanceRecord> = {}): InstanceRecord {
  const origin = { supervisor: nobody, onExit: "kill", logPath: "/l" } as const;
  return { ...toRecord(sampleInstance("running", { instanceId: sampleId(number) }), origin), ...given };
}

/** A folder of records; `texts` by the number of the instance. */
function openFolder(texts: Record<number, string>): { paths: StatePaths; folder: RecordFolder; reports: string[] } {
  const paths = freshPaths();
  mkdirSync(paths.recordDir, { recursive: true });
  for (const [number, text] of Object.entries(texts)) writeFileSync(recordPath(paths, sampleId(Number(number))), text);
  const reports: string[] = [];
  return { paths, reports, folder: new RecordFolder(paths, (message) => reports.push(message)) };
}

const numbers = (records: readonly { readonly instanceId: string }[]) =>
  records.map(({ instanceId }) => Number(instanceId.slice(-3)));

test("a folder that is not there has no records", async () => {
  const folder = new RecordFolder(freshPaths(), (message) => expect.unreachable(message));
  expect(await folder.list()).toEqual([]);
  expect(await folder.read(sampleId(1))).toBeUndefined();
});

test("records are listed oldest first; other files are not looked at", async () => {
  const { paths, folder, reports } = openFolder({
    ...{ 3: JSON.stringify(record(3)), 1: JSON.stringify(record(1)), 2: JSON.stringify(record(2)) },
  });
  for (const name of ["notes.json", "bgr_short.json", `${sampleId(4)}.result.md`, `${sampleId(5)}.json.claim`]) {
    writeFileSync(join(paths.recordDir, name), "not a record");
  }
  expect(numbers(await folder.list())).toEqual([1, 2, 3]);
  expect(reports).toEqual([]);
});

test("a change by another process is seen", async () => {
  const { paths, folder } = openFolder({ 1: JSON.stringify(record(1)) });
  expect((await folder.read(sampleId(1)))?.title).toBe("Look around");
  await writeDurably(recordPath(paths, sampleId(1)), JSON.stringify(record(1, { title: "Look AROUND" })));
  expect((await folder.read(sampleId(1)))?.title).toBe("Look AROUND");
});

const written = (of: InstanceRecord) => `${JSON.stringify({ ...of, resultPath: "x" }, undefined, 2)}\n`;
const done = { status: "done", endedAt: "2026-01-01T00:00:00.000Z" } as const;
const told = { turn: 1, mode: "wake", state: "announced" } as const;

test("what is not settled is listed, however its text is written, and what is settled is read when all are asked for", async () => {
  const { paths, folder } = openFolder({
    1: written(record(1, { ...done, announcement: told })),
    2: written(record(2, { ...done, announcement: null })),
    3: written(record(3, { ...done, announcement: { ...told, state: "pending" } })),
    4: written(record(4, { ...done, announcement: told, followUps: ["Go on."] })),
    5: written(record(5)),
    6: JSON.stringify(record(6, { ...done, announcement: told })),
    7: JSON.stringify(record(7)),
    8: written(record(8, { title: '\n  "status": "done",\n  "followUps": [],\n  "announcement": null,\n' })),
    9: written(record(9, { ...done, announcement: told })),
  });
  expect(numbers(await folder.listUnsettled())).toEqual([3, 4, 5, 7, 8]);
  expect(numbers(await folder.listUnsettled())).toEqual([3, 4, 5, 7, 8]);
  expect(numbers(await folder.list())).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(numbers(await folder.listUnsettled())).toEqual([3, 4, 5, 7, 8]);
  await writeDurably(recordPath(paths, sampleId(9)), written(record(9)));
  expect(numbers(await folder.listUnsettled())).toEqual([3, 4, 5, 7, 8, 9]);
});

test("a settled record is not parsed again and again to find those that are not", async () => {
  const read: string[] = [];
  const files: Files = { ...systemFiles, read: async (path) => (read.push(path), await systemFiles.read(path)) };
  const { paths } = openFolder({ 1: written(record(1, { ...done, announcement: told })) });
  const folder = new RecordFolder(paths, (message) => expect.unreachable(message), "move", { ...thisMachine, files });
  await folder.listUnsettled();
  await folder.listUnsettled();
  expect(read.length).toBe(1);
});

const corrupt: [string, string][] = [
  ["an empty file", ""],
  ["half a record", JSON.stringify(record(1)).slice(0, 300)],
  ["another JSON", "[1, 2]"],
  ["a status that does not exist", JSON.stringify({ ...record(1), status: "resting" })],
];

test.each(corrupt)("%s is set aside with its content, reported once, and harms no other", async (_, text) => {
  const { paths, folder, reports } = openFolder({ 1: text, 2: JSON.stringify(record(2)) });
  expect(numbers(await folder.list())).toEqual([2]);
  expect(numbers(await folder.list())).toEqual([2]);
  expect(reports).toHaveLength(1);
  expect(reports[0]).toContain(recordPath(paths, sampleId(1)));
  const [aside] = readdirSync(paths.recordDir).filter((name) => name.includes(".corrupt-"));
  expect(aside).toStartWith(`${sampleId(1)}.json.corrupt-`);
  expect(readFileSync(join(paths.recordDir, aside!), "utf8")).toBe(text);
});

test("a record of a newer schema is left as it is, ignored, and reported once", async () => {
  const text = JSON.stringify({ schemaVersion: 99, somethingNew: true });
  const { paths, folder, reports } = openFolder({ 1: text, 2: JSON.stringify(record(2)) });
  expect(numbers(await folder.list())).toEqual([2]);
  expect(await folder.read(sampleId(1))).toBeUndefined();
  expect(numbers(await folder.list())).toEqual([2]);
  expect(reports).toHaveLength(1);
  expect(reports[0]).toContain("99");
  expect(readFileSync(recordPath(paths, sampleId(1)), "utf8")).toBe(text);
  expect(readdirSync(paths.recordDir)).toHaveLength(2);
});

test("a record under another one's name is ignored, left as it is, and reported once", async () => {
  const { paths, folder, reports } = openFolder({ 1: JSON.stringify(record(7)) });
  expect(await folder.list()).toEqual([]);
  expect(await folder.list()).toEqual([]);
  expect(reports).toHaveLength(1);
  expect(reports[0]).toContain(sampleId(7));
  expect(readdirSync(paths.recordDir)).toEqual([`${sampleId(1)}.json`]);
});

test("a link in the place of a record is not followed", async () => {
  const { paths, folder, reports } = openFolder({});
  const target = join(paths.stateDir, "somewhere else");
  writeFileSync(target, JSON.stringify(record(1)));
  symlinkSync(target, recordPath(paths, sampleId(1)));
  expect(await folder.list()).toEqual([]);
  expect(await folder.read(sampleId(1))).toBeUndefined();
  expect(reports).toHaveLength(1);
  expect(readFileSync(target, "utf8")).toBe(JSON.stringify(record(1)));
});

test("a folder in the place of a record is reported once", async () => {
  const { paths, folder, reports } = openFolder({ 2: JSON.stringify(record(2)) });
  mkdirSync(recordPath(paths, sampleId(1)));
  expect(numbers(await folder.list())).toEqual([2]);
  expect(numbers(await folder.list())).toEqual([2]);
  expect(reports).toHaveLength(1);
});

test("an id that is no id never becomes a path", async () => {
  const { folder, reports } = openFolder({});
  expect(await folder.read("../../etc/passwd")).toBeUndefined();
  expect(await folder.read(`${sampleId(1)}/../x`)).toBeUndefined();
  expect(reports).toEqual([]);
});

describe("where the log of a record is", () => {
  const id = sampleId(1);
  const name = `${id}.log`;
  /** A state folder and another folder with logs; what a record there says of its log, and where it is found. */
  function located(says: (paths: StatePaths, other: string) => string, there: "own" | "other" | "both" | "no file") {
    const { paths, folder } = openFolder({});
    const other = temporaryFolder();
    const own = join(paths.logDir, name);
    mkdirSync(paths.logDir, { recursive: true });
    if (there === "own" || there === "both") writeFileSync(own, "");
    if (there === "other" || there === "both") writeFileSync(join(other, name), "");
    writeFileSync(recordPath(paths, id), JSON.stringify(record(1, { logPath: says(paths, other) })));
    return { own, other: join(other, name), found: async () => (await folder.read(id))?.logPath };
  }

  test("the folder of another host: there, also before its first line", async () => {
    for (const there of ["other", "both", "no file"] as const) {
      const { other, found } = located((_, folder) => join(folder, name), there);
      expect(await found()).toBe(other);
    }
  });

  test("a state folder that was moved: here", async () => {
    for (const there of ["own", "no file"] as const) {
      const { own, found } = located(() => `/gone/logs/${name}`, there);
      expect(await found()).toBe(own);
    }
  });

  test("the old folder has been made again since: here, with the log", async () => {
    const { own, found } = located((_, folder) => join(folder, name), "own");
    expect(await found()).toBe(own);
  });

  test("a path that can be no log of this agent is none", async () => {
    for (const path of ["/etc/passwd", `logs/${name}`, `/tmp/${sampleId(2)}.log`, ""]) {
      const { own, found } = located(() => path, "no file");
      expect(await found()).toBe(own);
    }
  });
});

test("a record of before, which names its result by an absolute path, and one without a name are read", async () => {
  const { folder, reports } = openFolder({
    1: JSON.stringify({ ...record(1), resultPath: "/home/of/old/bg/x.result.md" }),
    2: JSON.stringify(record(2)),
  });
  expect(numbers(await folder.list())).toEqual([1, 2]);
  expect(reports).toEqual([]);
});

/** Files in memory that answer at once, and how often one was read. */
function memoryFiles(texts: Map<string, string>) {
  const counts = { reads: 0 };
  const files: Files = {
    ...systemFiles,
    names: async () => [...texts.keys()],
    look: async () => ({ isFile: true, mtimeMs: 1, size: 1, ino: 1 }),
    read: async (path) => {
      counts.reads += 1;
      return texts.get(basename(path))!;
    },
  };
  return { files, counts };
}

function manyTexts(count: number, given: Partial<InstanceRecord> = {}): Map<string, string> {
  const texts = Array.from({ length: count }, (_, index) => JSON.stringify(record(index, given)));
  return new Map(texts.map((text, index) => [`${sampleId(index)}.json`, text]));
}

function heapBytes(): number {
  Bun.gc(true);
  return process.memoryUsage().heapUsed;
}

test("while thousands of records are listed for the first time, everything else goes on", async () => {
  const { files } = memoryFiles(manyTexts(4000));
  const folder = new RecordFolder(freshPaths(), (message) => expect.unreachable(message), "move", {
    ...thisMachine,
    files,
  });
  let turns = 0;
  const others = setInterval(() => (turns += 1), 0);
  expect(await folder.list()).toHaveLength(4000);
  clearInterval(others);
  expect(turns).toBeGreaterThan(20);
});

test("lists keep no prompts, and nothing of records that have gone", async () => {
  const prompt = "p".repeat(100_000);
  const { prompt: _prompt, turns, ...listed } = record(1, { logPath: "/logs/x.log" });
  const long = manyTexts(300, { prompt, turns: turns.map((turn) => ({ ...turn, prompt })) });
  const { files, counts } = memoryFiles(long);
  const paths = { ...freshPaths(), logDir: "/logs" };
  const open = () =>
    new RecordFolder(paths, (message) => expect.unreachable(message), "move", { ...thisMachine, files });
  // What the engine makes of the texts themselves is no matter of the folder's.
  await open().list();
  const before = heapBytes();
  const folder = open();
  const [, first] = await folder.list();
  expect(heapBytes() - before).toBeLessThan(10_000_000);
  expect(first).toEqual({ ...listed, logPath: `/logs/${sampleId(1)}.log` });

  await folder.list();
  expect(counts.reads).toBe(600);
  const texts = [...long];
  long.clear();
  expect(await folder.list()).toEqual([]);
  for (const [name, text] of texts) long.set(name, text);
  await folder.list();
  expect(counts.reads).toBe(900);
});

test("what is no record is told of again when it comes again", async () => {
  const { paths, folder, reports } = openFolder({ 1: "half" });
  await folder.list();
  await folder.list();
  writeFileSync(recordPath(paths, sampleId(1)), "half again");
  await folder.list();
  expect(reports).toHaveLength(2);
});
