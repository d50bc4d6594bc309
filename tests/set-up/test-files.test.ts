import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { contractElsewhere, testStep } from "../../scripts/test/contract-places.ts";
import { NOT_THERE } from "../opencode/elsewhere/not-there.ts";
import { isAskedFor, ROOT } from "../../scripts/test/test-files.ts";

const SLURM = "tests/opencode/elsewhere/slurm.test.ts";
const ENDING_THERE = "tests/opencode/contract/ending.test.ts on a server";
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
  { file: ENDING_THERE, filters: ["ending.test.ts on a server"], is: true },
  { file: ENDING_THERE, filters: ["ending.test.ts on a launcher"], is: false },
  { file: "tests/opencode/contract/ending.test.ts", filters: ["engines"], is: false },
  { file: "check:types", filters: ["engines"], is: false },
  { file: "check:types", filters: ["types"], is: true },
])("of $filters, $file is asked for: $is", ({ file, filters, is }) => {
  expect(isAskedFor(file, filters)).toBe(is);
});

test("the contract is tried at each place elsewhere, and what is said not to hold there is among its sentences", async () => {
  const steps = contractElsewhere().map(testStep);
  expect(steps.filter(({ file }) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(steps).toContainEqual({
    file: "tests/opencode/contract/ending.test.ts",
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
