import { expect, test } from "bun:test";
import { isAskedFor } from "../../scripts/test/test-files.ts";

const SLURM = "tests/opencode/elsewhere/slurm.test.ts";
const GUARD = "tests/guard/guard.test.ts";

test.each([
  { file: GUARD, filters: [], is: true },
  { file: SLURM, filters: [], is: false },
  { file: SLURM, filters: ["engines"], is: true },
  { file: GUARD, filters: ["engines"], is: false },
  { file: SLURM, filters: ["elsewhere/sl"], is: true },
  { file: GUARD, filters: ["slurm", "guard/"], is: true },
  { file: "check:types", filters: ["engines"], is: false },
  { file: "check:types", filters: ["types"], is: true },
])("of $filters, $file is asked for: $is", ({ file, filters, is }) => {
  expect(isAskedFor(file, filters)).toBe(is);
});
