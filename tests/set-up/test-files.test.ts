import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { contractSteps, testStep } from "../../scripts/test/contract-places.ts";
import { NOT_THERE } from "../opencode/elsewhere/not-there.ts";
import { isAskedFor, listTestFiles, ROOT } from "../../scripts/test/test-files.ts";

const SLURM = "tests/opencode/elsewhere/slurm.test.ts";
const ENDING_THERE = "tests/opencode/contract/ending.test.ts on server";
const GUARD = "tests/guard/guard.test.ts";

test.each([
  { file: GUARD, filters: [], is: true },
  { file: SLURM, filters: [], is: false },
  { file: SLURM, filters: ["engines"], is: true },
  { file: GUARD, filters: ["engines"], is: false },
  { file: SLURM, filters: ["elsewhere/sl"], is: true },
  { file: GUARD, filters: ["slurm", "guard/"], is: true },
  { file: ENDING_THERE, filters: [], is: false },
  { file: ENDING_THERE, filters: ["engines"], is: true },
  { file: ENDING_THERE, filters: ["contract/ending"], is: false },
  { file: ENDING_THERE, filters: ["ending.test.ts on server"], is: true },
  { file: ENDING_THERE, filters: ["ending.test.ts on launcher"], is: false },
  { file: "tests/opencode/contract/ending.test.ts", filters: ["engines"], is: false },
  { file: "tests/opencode/contract/ending.test.ts", filters: ["contract/ending"], is: true },
  // Its sentences are tried once each: on warm agents, and in the long group on processes.
  { file: "tests/opencode/contract/ending.test.ts", filters: [], is: false },
  { file: "tests/opencode/contract/ending.test.ts on warm", filters: [], is: true },
  { file: "tests/opencode/contract/ending.test.ts on warm", filters: ["long"], is: false },
  { file: "tests/opencode/contract/ending.test.ts on process", filters: [], is: false },
  { file: "tests/opencode/contract/ending.test.ts on process", filters: ["long"], is: true },
  { file: "tests/opencode/lost-host.test.ts", filters: [], is: false },
  { file: "tests/opencode/lost-host.test.ts", filters: ["long"], is: true },
  { file: "tests/opencode/lost-host.test.ts", filters: ["lost"], is: true },
  { file: "tests/opencode/terminal-half.test.ts", filters: [], is: true },
  { file: "tests/opencode/terminal-half.test.ts", filters: ["long"], is: false },
  { file: "tests/canvas/page/reach.browser.test.ts", filters: ["long"], is: true },
  { file: "tests/canvas/page/work.browser.test.ts", filters: ["long"], is: true },
  { file: "tests/canvas/browser/review-round.test.ts", filters: [], is: true },
  { file: "tests/opencode/contract/strays.test.ts", filters: ["long"], is: true },
  { file: "tests/chaos/real-chaos.test.ts", filters: ["long"], is: true },
  { file: SLURM, filters: ["long"], is: false },
  { file: GUARD, filters: ["long"], is: false },
  { file: "check:types", filters: ["engines"], is: false },
  { file: "check:types", filters: ["long"], is: false },
  { file: "check:types", filters: ["types"], is: true },
])("of $filters, $file is asked for: $is", ({ file, filters, is }) => {
  expect(isAskedFor(file, filters)).toBe(is);
});

const times = (name: string) => [[], ["long"], ["engines"]].filter((filters) => isAskedFor(name, filters)).length;

test("every file is asked for by no word or by one", async () => {
  const contract = new Set(contractSteps().map((step) => testStep(step).file));
  expect((await listTestFiles()).filter((name) => times(name) !== (contract.has(name) ? 0 : 1))).toEqual([]);
});

test("the contract is tried at each place elsewhere, and what is said not to hold there is among its sentences", async () => {
  const steps = contractSteps().map(testStep);
  expect(steps.filter(({ file }) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(steps).toContainEqual({
    file: "tests/opencode/contract/ending.test.ts",
    place: "server",
    environment: { CONTRACT_PLACE: "server" },
  });
  const texts = await Promise.all(
    [...new Set(steps.map(({ file }) => file))].map(async (file) => await Bun.file(join(ROOT, file)).text()),
  );
  const unknown = Object.values(NOT_THERE).flatMap((reasons) =>
    Object.keys(reasons).filter((sentence) => !texts.join().includes(sentence)),
  );
  expect(unknown).toEqual([]);
});
