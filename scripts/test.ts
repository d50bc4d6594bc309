import { availableParallelism } from "node:os";
import { CHECKS } from "./test/checks.ts";
import { inLanes } from "./test/lanes.ts";
import { runCheck, runTestFile } from "./test/run-step.ts";
import { Summary } from "./test/summary.ts";
import { installEngines } from "./set-up/engines.ts";
import { thisMachine } from "./set-up/debian-packages.ts";
import {
  GROUPS,
  isAskedFor,
  listTestFiles,
  longestFirst,
  starves,
  startsOpencode,
  takesTheMachine,
} from "./test/test-files.ts";

/** Each file that starts the real opencode takes a processor for itself, and up to a gigabyte of memory. */
const AT_ONCE = Math.min(2, availableParallelism());

const filters = process.argv.slice(2);
if (filters.some((filter) => filter.startsWith("-"))) {
  console.error(
    `Usage: bun run test [${Object.keys(GROUPS).join(" | ")} | part of a path or of a check's name …]; checks: ${CHECKS.join(", ")}`,
  );
  process.exit(2);
}
if (filters.includes("engines")) await installEngines(thisMachine());
const summary = new Summary();
const again: string[] = [];
const files = (await listTestFiles()).filter((file) => isAskedFor(file, filters));
const lanes = { atOnce: AT_ONCE, whileIdle: 2 * AT_ONCE, needsQuiet: takesTheMachine };
const units = await longestFirst(files.filter((file) => !startsOpencode(file)));
await inLanes([...CHECKS.filter((name) => isAskedFor(name, filters)), ...units], lanes, runBesideOthers);
// What takes the machine waits most of its time, and is not left to do that alone at the end.
const hosts = await longestFirst(files.filter(startsOpencode));
const quiet = hosts.filter(takesTheMachine);
await inLanes([...quiet, ...hosts.filter((file) => !quiet.includes(file))], lanes, runBesideOthers);
// What failed beside others may have starved: alone it has the machine, and what fails then has failed.
for (const name of again) summary.add(await runTestFile(name));
summary.print();
process.exit(summary.exitCode);

async function runBesideOthers(name: string): Promise<void> {
  const isCheck = CHECKS.some((check) => check === name);
  const result = await (isCheck ? runCheck(name) : runTestFile(name));
  if (result.failed > 0 && starves(name)) {
    again.push(name);
    summary.postpone(result);
  } else {
    summary.add(result);
  }
}
