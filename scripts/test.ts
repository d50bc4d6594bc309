import { availableParallelism } from "node:os";
import { CHECKS } from "./test/checks.ts";
import { runCheck, runTestFile, type StepResult } from "./test/run-step.ts";
import { Summary } from "./test/summary.ts";
import { largestFirst, listTestFiles, starves, startsOpencode, takesTheMachine } from "./test/test-files.ts";

/** Each file that starts the real opencode takes a processor for itself, and up to a gigabyte of memory. */
const MOST_AT_ONCE = Math.min(2, availableParallelism());

const filters = process.argv.slice(2);
if (filters.some((filter) => filter.startsWith("-"))) {
  console.error(`Usage: bun run test [part of a path or of a check's name …]; checks: ${CHECKS.join(", ")}`);
  process.exit(2);
}
const isChosen = (name: string) => filters.length === 0 || filters.some((filter) => name.includes(filter));

const summary = new Summary();
const again: string[] = [];
const files = (await listTestFiles()).filter(isChosen);
await inParallel(CHECKS.filter(isChosen), MOST_AT_ONCE, runCheck);
await inParallel(
  files.filter((file) => !startsOpencode(file)),
  MOST_AT_ONCE,
  runTestFile,
);
await inParallel(
  largestFirst(files.filter((file) => startsOpencode(file) && !takesTheMachine(file))),
  MOST_AT_ONCE,
  runTestFile,
);
await inParallel(files.filter(takesTheMachine), 1, runTestFile);
// What failed beside others may have starved: alone it has the machine, and what fails then has failed.
for (const name of again) summary.add(await runTestFile(name));
summary.print();
process.exit(summary.exitCode);

/** Runs the steps, so many at a time, in order; each is told as it ends. */
async function inParallel(
  names: readonly string[],
  atOnce: number,
  run: (name: string) => Promise<StepResult>,
): Promise<void> {
  const waiting = names.values();
  const lane = async () => {
    for (const name of waiting) {
      const result = await run(name);
      if (result.failed > 0 && atOnce > 1 && starves(name)) {
        again.push(name);
        summary.postpone(result);
      } else {
        summary.add(result);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
