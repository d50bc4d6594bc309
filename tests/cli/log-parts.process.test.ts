import { describe, expect, test } from "bun:test";
import { appendFileSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { LogParts } from "../../src/store/log-parts.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const WRITER = join(import.meta.dir, "../fixtures/rotates-a-log.ts");
const LINES = 20_000;

test("while another process writes and rotates, no line comes twice or cut, and none is missing without a word", async () => {
  const path = join(temporaryFolder(), "a.log");
  const writer = Bun.spawn([WRITER, path, String(LINES)], { stdio: ["ignore", "inherit", "inherit"] });
  const parts = new LogParts(path);
  let text = "";
  let hasGap = false;
  const read = async () => {
    const look = await parts.readOn(async (bytes) => void (text += new TextDecoder().decode(bytes)));
    hasGap ||= look.hasGap;
  };
  while (writer.exitCode === null) await read();
  await read();
  await parts.close();
  const lines = text.trimEnd().split("\n");
  const numbers = lines.map((line) => Number(/^\[stdout\] line (\d+)$/.exec(line)?.[1]));
  expect(numbers.every(Number.isInteger)).toBe(true);
  const steps = numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0));
  expect(steps.filter((step) => step < 1)).toEqual([]);
  expect(numbers.at(-1)).toBe(LINES - 1);
  if (!hasGap) expect(steps.filter((step) => step > 1)).toEqual([]);
}, 30_000);

describe("a log that somebody else has taken is read on under its name:", () => {
  const takings: readonly [string, (path: string) => void][] = [
    ["emptied", (path) => truncateSync(path)],
    ["removed", (path) => rmSync(path)],
    ["moved", (path) => renameSync(path, `${path}.old`)],
  ];
  for (const [how, take] of takings) {
    test(how, async () => {
      const path = join(temporaryFolder(), "a.log");
      const parts = new LogParts(path);
      let text = "";
      const read = async () => await parts.readOn(async (bytes) => void (text += new TextDecoder().decode(bytes)));
      appendFileSync(path, "a first and longer line\n");
      await read();
      take(path);
      await read();
      appendFileSync(path, "a second\n");
      await read();
      await parts.close();
      expect(text).toBe("a first and longer line\na second\n");
    });
  }
});
