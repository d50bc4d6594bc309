import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { logPath } from "../../src/store/state-paths.ts";
import { sampleId, sampleStates } from "../supervisor/sample-instance.ts";
import { createCommandLine } from "./command-line-rig.ts";

const DAY = 86_400_000;

function ended(daysAgo: number) {
  return { ...sampleStates.done, endedAt: Date.now() - daysAgo * DAY };
}

async function lineWithOldAgent() {
  const line = createCommandLine();
  await line.leave("done", { instanceId: sampleId(1), state: ended(8) });
  await line.leave("done", { instanceId: sampleId(2), state: ended(6) });
  await line.leave("running", { instanceId: sampleId(3) });
  for (const number of [1, 2, 3]) line.file("logDir", `${sampleId(number)}.log`, "x".repeat(2048));
  return line;
}

test("gc removes what ended more than 7 days ago, and says what it was", async () => {
  const line = await lineWithOldAgent();
  const { exitCode, stdout, stderr } = await line.run("gc");
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^2 files, \d+\.\d KB removed$/m);
  expect(stdout).toContain(logPath(line.paths, sampleId(1)));
  expect(readdirSync(line.paths.recordDir).toSorted()).toEqual([`${sampleId(2)}.json`, `${sampleId(3)}.json`]);
  expect(readdirSync(line.paths.logDir).toSorted()).toEqual([`${sampleId(2)}.log`, `${sampleId(3)}.log`]);
  expect((await line.run("gc")).stdout).toBe("0 files, 0.0 KB removed\n");
});

test("gc --dry-run only says what it would be", async () => {
  const line = await lineWithOldAgent();
  const { stdout } = await line.run("gc", "--dry-run");
  expect(stdout).toMatch(/^2 files, \d+\.\d KB would be removed$/m);
  expect(existsSync(logPath(line.paths, sampleId(1)))).toBe(true);
  expect(readdirSync(line.paths.recordDir)).toHaveLength(3);
});
