import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LogFile } from "../../src/store/log-file.ts";
import { canMount, fillDisk, smallDisk } from "./small-disk.ts";

// Needs a disk of its own, so the right to mount one: skipped for everybody but root on Linux.
test.skipIf(!canMount)(
  "a full disk costs lines and nothing else, and the log tells how many once there is room",
  async () => {
    const folder = smallDisk();
    const path = join(folder, "a.log");
    const reports: string[] = [];
    const log = new LogFile(path, 1_000_000, (message) => reports.push(message));
    log.write("stdout", "before");
    await Promise.resolve();
    const giveBack = fillDisk(folder);
    for (let line = 0; line < 300; line++) {
      log.write("stdout", `line ${line} ${"x".repeat(100)}`);
      await Promise.resolve();
    }
    const whileFull = readFileSync(path, "utf8");
    giveBack();
    log.write("stdout", "after");
    log.close();

    expect(reports).toHaveLength(1);
    expect(reports[0]).toStartWith(`The log ${path} cannot be written: ENOSPC`);
    expect(reports[0]).toEndWith("The disk is full: free some space on it.");
    expect(whileFull).toEndWith("\n");
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const kept = lines.filter((line) => line.startsWith("[stdout] line ")).length;
    expect(lines.every((line) => /^\[(stdout|stderr)\] /.test(line))).toBe(true);
    expect(lines.at(-2)).toStartWith(`[stderr] bizar: ${300 - kept} lines are missing here`);
    expect(lines.at(-1)).toBe("[stdout] after");
  },
);

test.skipIf(!canMount)(
  "lines lost at the very end are told when the log is closed, if there is room by then",
  async () => {
    const folder = smallDisk();
    const path = join(folder, "a.log");
    const log = new LogFile(path, 1_000_000, () => undefined);
    log.write("stdout", "before");
    await Promise.resolve();
    const giveBack = fillDisk(folder);
    for (let line = 0; line < 50; line++) log.write("stdout", "x".repeat(1000));
    await Promise.resolve();
    giveBack();
    log.close();
    expect(readFileSync(path, "utf8")).toMatch(/\n\[stderr\] bizar: 50 lines are missing here.*\n$/);
  },
);
