import { describe, expect, test } from "bun:test";
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { LogFile } from "../../src/store/log-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function openLog(rotationBytes = 1_000_000, path = join(temporaryFolder(), "a.log")) {
  const reports: string[] = [];
  return { path, reports, log: new LogFile(path, rotationBytes, (message) => reports.push(message)) };
}

test("lines are in the file as soon as the caller gives the event loop back", async () => {
  const { path, log } = openLog();
  log.write("stdout", "one");
  log.write("stderr", "two");
  await Promise.resolve();
  expect(readFileSync(path, "utf8")).toBe("[stdout] one\n[stderr] two\n");
  log.close();
});

test("a log is readable by its owner only, and its folder is made", () => {
  const { path, log } = openLog(1000, join(temporaryFolder(), "made", "here", "a.log"));
  log.write("stdout", "one");
  log.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
});

test("a log goes on where an earlier one ended", () => {
  const { path, log } = openLog(40);
  writeFileSync(path, "[stdout] from before\n");
  log.write("stdout", "1234567890");
  log.write("stdout", "too much");
  log.close();
  expect(readFileSync(`${path}.1`, "utf8")).toBe("[stdout] from before\n");
  expect(readFileSync(path, "utf8")).toBe("[stdout] 1234567890\n[stdout] too much\n");
});

test("it rotates before the byte that would be too many, not one earlier", () => {
  // Each line is 20 bytes: "[stdout] " + 10 + "\n".
  const { path, log } = openLog(60);
  for (let line = 0; line < 7; line++) log.write("stdout", `123456789${line}`);
  log.close();
  const sizes = [path, `${path}.1`, `${path}.2`].map((file) => statSync(file).size);
  expect(sizes).toEqual([20, 60, 60]);
  expect(readFileSync(`${path}.2`, "utf8")).toStartWith("[stdout] 1234567890\n");
});

test("three rotated files are kept, the newest as .1, whole lines in each", () => {
  const { path, log } = openLog(100);
  for (let line = 0; line < 100; line++) log.write("stdout", `line ${line} é`);
  log.close();
  expect(readdirSync(join(path, "..")).toSorted()).toEqual(["a.log", "a.log.1", "a.log.2", "a.log.3"]);
  const text = [`${path}.3`, `${path}.2`, `${path}.1`, path].map((file) => readFileSync(file, "utf8"));
  expect(text.every((part) => part.endsWith("\n") && Buffer.byteLength(part) <= 100)).toBe(true);
  const numbers = text.join("").match(/\d+/g)!.map(Number);
  expect(numbers.at(-1)).toBe(99);
  expect(numbers.at(-1)! - numbers[0]!).toBe(numbers.length - 1);
});

test("a line that is longer than the limit gets a file of its own", () => {
  const { path, log } = openLog(50);
  log.write("stdout", "short");
  log.write("stdout", "x".repeat(200));
  log.write("stdout", "short again");
  log.close();
  expect(readFileSync(path, "utf8")).toBe("[stdout] short again\n");
  expect(statSync(`${path}.1`).size).toBe(210);
});

test("control characters are escaped, a tab is kept, and so is everything printable", () => {
  const { path, log } = openLog();
  log.write("stderr", "a\tb\u001b[31mc\u0000\r\n\u007f\u009b é 🦊");
  log.close();
  expect(readFileSync(path, "utf8")).toBe("[stderr] a\tb\\x1b[31mc\\x00\\x0d\\x0a\\x7f\\x9b é 🦊\n");
});

test("a link in the place of the log is refused, and what it points to stays as it was", () => {
  const { path, log, reports } = openLog();
  const target = join(temporaryFolder(), "somebody's file");
  writeFileSync(target, "untouched");
  symlinkSync(target, path);
  log.write("stdout", "one");
  log.write("stdout", "two");
  log.close();
  expect(readFileSync(target, "utf8")).toBe("untouched");
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(reports).toHaveLength(1);
  expect(reports[0]).toContain(path);
});

test("a named pipe in the place of the log does not make anybody wait", () => {
  const { path, log, reports } = openLog();
  expect(Bun.spawnSync(["mkfifo", path]).exitCode).toBe(0);
  log.write("stdout", "one");
  log.close();
  expect(reports).toHaveLength(1);
});

test("a folder that cannot be made costs lines, never a throw; it is reported once", async () => {
  const file = join(temporaryFolder(), "a file where a folder should be");
  writeFileSync(file, "");
  const { log, reports } = openLog(1000, join(file, "a.log"));
  for (let line = 0; line < 5; line++) {
    log.write("stdout", `line ${line}`);
    await Promise.resolve();
  }
  log.close();
  expect(reports).toHaveLength(1);
});

test("a log whose place becomes free again says how many lines are missing", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "logs");
  writeFileSync(file, "");
  const { path, log, reports } = openLog(1000, join(file, "a.log"));
  for (let line = 0; line < 5; line++) log.write("stdout", `lost ${line}`);
  await Promise.resolve();
  Bun.spawnSync(["rm", file]);
  mkdirSync(file);
  log.write("stdout", "back");
  log.close();
  const [notice, ...rest] = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(notice).toMatch(/^\[stderr\] bizar: 5 lines are missing here, the log could not be written: /);
  expect(rest).toEqual(["[stdout] back"]);
  expect(reports).toHaveLength(1);
});

describe("a log that somebody else has taken goes on under its name at the next line:", () => {
  const takings: readonly [string, (path: string) => void, Record<string, string>][] = [
    ["moved", (path) => renameSync(path, `${path}.old`), { "a.log.old": "one", "a.log": "two" }],
    ["removed", (path) => rmSync(path), { "a.log": "two" }],
    ["removed with its folder", (path) => rmSync(dirname(path), { recursive: true }), { "a.log": "two" }],
    [
      "moved, and an empty one made",
      (path) => {
        renameSync(path, `${path}.old`);
        writeFileSync(path, "", { mode: 0o640 });
      },
      { "a.log.old": "one", "a.log": "two" },
    ],
    ["emptied", (path) => truncateSync(path), { "a.log": "two" }],
  ];
  for (const [how, take, left] of takings) {
    test(how, async () => {
      const { path, log, reports } = openLog(40, join(temporaryFolder(), "logs", "a.log"));
      log.write("stdout", "one");
      await Promise.resolve();
      take(path);
      log.write("stdout", "two");
      log.close();
      const names = readdirSync(dirname(path));
      expect(names.toSorted()).toEqual(Object.keys(left).toSorted());
      for (const name of names) {
        expect(readFileSync(join(path, "..", name), "utf8")).toBe(`[stdout] ${left[name]}\n`);
      }
      expect(reports).toEqual([]);
    });
  }
});

test("a log that was emptied is as long as what came since: it rotates no earlier", async () => {
  const { path, log } = openLog(40);
  for (let round = 0; round < 2; round++) {
    log.write("stdout", "1234567890");
    await Promise.resolve();
    if (round === 0) truncateSync(path);
  }
  log.write("stdout", "1234567890");
  log.close();
  expect(readdirSync(dirname(path))).toEqual(["a.log"]);
});

test("a link that somebody puts in the place of a log that is open is refused", async () => {
  const { path, log, reports } = openLog();
  log.write("stdout", "one");
  await Promise.resolve();
  const target = join(temporaryFolder(), "somebody's file");
  writeFileSync(target, "untouched");
  rmSync(path);
  symlinkSync(target, path);
  log.write("stdout", "two");
  log.close();
  expect(readFileSync(target, "utf8")).toBe("untouched");
  expect(reports).toHaveLength(1);
});
