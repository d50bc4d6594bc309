import { createIdentity } from "../../../src/processes/supervisor-identity.ts";
import { LostRecords } from "../../../src/store/lost-records.ts";
import { RecordFolder } from "../../../src/store/record-folder.ts";
import { statePaths } from "../../../src/store/state-paths.ts";

// Run in a process of its own, so that every record is read and checked for the first time: how long it takes to find
// those that an earlier host left open, in milliseconds, and to list them all once more.

const [, , stateDir = "", expected = ""] = Bun.argv;
const paths = statePaths(stateDir, `${stateDir}/logs`);
const folder = new RecordFolder(paths, (message) => process.stderr.write(`${message}\n`));
const start = performance.now();
const lost = await new LostRecords(folder, paths, createIdentity()).list();
const initMs = performance.now() - start;
const records = await folder.list();
const againMs = performance.now() - start - initMs;
if (records.length !== Number(expected) || lost.length > 0) {
  throw new Error(`${records.length} records were read, ${lost.length} of them open; expected ${expected} and none.`);
}
process.stdout.write(JSON.stringify({ initMs, againMs }));
