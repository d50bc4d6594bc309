import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../../src/lib/describe-error.ts";
import { createExclusively } from "../../src/files/create-exclusively.ts";
import { writeDurably, writeNow, writeQuickly } from "../../src/files/durable-file.ts";
import { systemFiles } from "../../src/files/files.ts";
import { ToolLog } from "../../src/store/tool-log.ts";
import { sampleInstance } from "../supervisor/sample-instance.ts";
import { openStore } from "../store/store-rig.ts";
import { statePaths } from "../../src/store/state-paths.ts";
import { canMount, fillDisk, readOnly, smallDisk } from "../store/small-disk.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function systemError(code: string, message: string, path?: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code, ...(path === undefined ? {} : { path }) });
}

const cases: [code: string, message: string, path: string | undefined, says: RegExp][] = [
  ["ENOSPC", "no space left on device, write", "/s/bg/a.json", /'\/s\/bg\/a.json'. The disk is full/],
  ["EDQUOT", "disk quota exceeded, write", "/s/a", /'\/s\/a'. .*quota/],
  ["EROFS", "read-only file system, open '/s/a'", "/s/a", /open '\/s\/a'. .*read-only/],
  ["EACCES", "permission denied, open '/s/a'", "/s/a", /open '\/s\/a'. .*permissions/],
  ["EPERM", "operation not permitted, chmod '/s/a'", "/s/a", /chmod '\/s\/a'. .*owner/],
  ["EMFILE", "too many open files, scandir '/proc'", "/proc", /scandir '\/proc'. .*ulimit -n/],
  ["ENFILE", "file table overflow, open '/s/a'", "/s/a", /open '\/s\/a'. This machine/],
  ["EAGAIN", "resource temporarily unavailable, posix_spawn '/bin/x'", "/bin/x", /'\/bin\/x'. .*ulimit -u/],
  ["SQLITE_FULL", "database or disk is full", undefined, /is full. The disk is full: free/],
];

describe("an error of the system says what helps", () => {
  for (const [code, message, path, says] of cases) {
    test(code, () => expect(describeError(systemError(code, message, path))).toMatch(says));
  }

  test("once, however often it is told on", () => {
    const told = describeError(systemError("ENOSPC", "no space left on device, write", "/s/a"));
    expect(describeError(systemError("ENOSPC", told, "/s/a"))).toBe(`ENOSPC: ${told}`);
  });

  test("and others are told as they are", () => {
    expect(describeError(systemError("ENOENT", "no such file or directory, open '/s/a'", "/s/a"))).toBe(
      "ENOENT: no such file or directory, open '/s/a'",
    );
    expect(describeError(new Error("no code"))).toBe("no code");
    expect(describeError("words")).toBe("words");
    expect(describeError({ odd: true })).toBe('{"odd":true}');
    expect(describeError(undefined)).toBe("unknown error");
  });
});

/** Every way in which the plugin writes a file of its state. */
const writers: [name: string, write: (path: string) => Promise<unknown>][] = [
  ["a record", async (path) => await writeDurably(path, "x".repeat(5000))],
  ["a guard's state", async (path) => await writeQuickly(path, "x".repeat(5000))],
  ["a record at shutdown", async (path) => writeNow(path, "x".repeat(5000))],
  ["a claim", async (path) => await createExclusively(path, "x".repeat(5000))],
  ["a folder", async (path) => await systemFiles.makeFolder(join(path, "below"))],
];

async function problemOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => expect.unreachable("It was written."),
    (error: unknown) => describeError(error),
  );
}

describe("what cannot be written is named, and no temporary file", () => {
  for (const [name, write] of writers) {
    test(`${name} where a file lies in the place of its folder`, async () => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "bg"), "");
      const path = join(folder, "bg", "a.json");
      expect(await problemOf(write(path))).toMatch(
        /^E\w+: .*bg(\/a\.json(\/below)?)?'\. A file lies where a folder should/,
      );
    });

    test.skipIf(!canMount)(`${name} on a disk that is read-only`, async () => {
      const folder = smallDisk();
      readOnly(folder);
      const path = join(folder, "a.json");
      const problem = await problemOf(write(path));
      expect(problem).toContain(`'${path}'. That disk is mounted read-only`);
    });

    test.skipIf(!canMount || name === "a folder")(`${name} on a full disk, of which nothing is left`, async () => {
      const folder = smallDisk();
      fillDisk(folder);
      const path = join(folder, "a.json");
      expect(await problemOf(write(path))).toContain(`'${path}'. The disk is full: free some space on it.`);
      expect(readdirSync(folder)).toEqual(["filler"]);
    });
  }

  test.skipIf(!canMount)("an agent's first record, for the one who asked for the agent", async () => {
    const folder = smallDisk();
    const paths = statePaths(folder, join(folder, "logs"));
    mkdirSync(paths.recordDir);
    fillDisk(folder);
    const instance = sampleInstance("queued", { prompt: "x".repeat(5000) });
    const problem = await problemOf(openStore(paths).store.create(instance));
    expect(problem).toContain(`${instance.instanceId}.json'. The disk is full`);
  });

  test("the tool log of a session", async () => {
    const folder = temporaryFolder();
    symlinkSync("/dev/null", join(folder, "ses_a.log"));
    const reports: string[] = [];
    const log = new ToolLog(folder, 1000, (message) => reports.push(message));
    log.write({ sessionId: "ses_a", agent: "a", tool: "t", fingerprint: "f", outcome: "ok", durationMs: 1 });
    await log.flush();
    expect(reports).toEqual([expect.stringMatching(/ses_a\.log'\. A link lies there/)]);
  });
});
