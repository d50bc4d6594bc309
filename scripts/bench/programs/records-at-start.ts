import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createIdentity } from "../../../src/processes/supervisor-identity.ts";
import { OrphanedRecords } from "../../../src/store/orphaned-records.ts";
import { RecordFolder } from "../../../src/store/record-folder.ts";
import { statePaths } from "../../../src/store/state-paths.ts";

// Run in a process of its own, so that every record is read and checked for the first time: how long it takes to find
// those that an earlier host left open, in milliseconds, to list them all, and once more; and how long the same files
// take to read.

const [, , stateDir = "", expected = ""] = Bun.argv;
const paths = statePaths(stateDir, `${stateDir}/logs`);
const folder = new RecordFolder(paths, (message) => process.stderr.write(`${message}\n`));
// Read once before, so that the disk's cache is as warm for the one as for the other.
await readAll();
const plainStart = performance.now();
await readAll();
const plainMs = performance.now() - plainStart;
const start = performance.now();
const lost = await new OrphanedRecords(folder, paths, createIdentity()).list();
const initMs = performance.now() - start;
const records = await folder.list();
const wholeMs = performance.now() - start - initMs;
await folder.list();
const againMs = performance.now() - start - initMs - wholeMs;
if (records.length !== Number(expected) || lost.length > 0) {
  throw new Error(`${records.length} records were read, ${lost.length} of them open; expected ${expected} and none.`);
}
process.stdout.write(JSON.stringify({ plainMs, initMs, wholeMs, againMs }));

/** Reads the same files, and does nothing with them. */
async function readAll(): Promise<void> {
  const names = await readdir(paths.recordDir);
  await Promise.all(names.map(async (name) => await readFile(join(paths.recordDir, name), "utf8")));
}
