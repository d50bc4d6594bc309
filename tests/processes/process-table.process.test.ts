import { expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseDarwinRows, PS_ENVIRONMENT, psRows, systemProcessTable } from "../../src/processes/process-table.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const darwinRows: [string, string, ReturnType<typeof parseDarwinRows>][] = [
  [
    "an ordinary row",
    "  501     1 Ss   Sat Nov 21 09:05:01 2026     /usr/libexec/logd --flag\n",
    [
      {
        ...{ pid: 501, parentPid: 1, startTime: "Sat Nov 21 09:05:01 2026", isZombie: false },
        command: "/usr/libexec/logd --flag",
      },
    ],
  ],
  [
    "a day of one digit, and blanks in the command",
    "12345 12344 S+   Mon Jan  5 23:59:59 2026     sh -c  sleep 1;  echo  x",
    [
      {
        ...{ pid: 12345, parentPid: 12344, startTime: "Mon Jan  5 23:59:59 2026", isZombie: false },
        command: "sh -c  sleep 1;  echo  x",
      },
    ],
  ],
  [
    "a zombie",
    "7 6 Z    Mon Jan  5 23:59:59 2026     (bun)",
    [{ pid: 7, parentPid: 6, startTime: "Mon Jan  5 23:59:59 2026", isZombie: true, command: "(bun)" }],
  ],
  [
    "a process without a command line",
    "7 6 S    Mon Jan  5 23:59:59 2026     ",
    [{ pid: 7, parentPid: 6, startTime: "Mon Jan  5 23:59:59 2026", isZombie: false, command: "" }],
  ],
  ["an empty answer", "", []],
  ["a line that is no row", "ps: illegal option -- q\n", []],
];

test.each(darwinRows)("rows of macOS's ps: %s", (_, text, expected) => {
  expect(parseDarwinRows(text)).toEqual(expected);
});

test("a long command line is cut to 200 characters", () => {
  const [found] = parseDarwinRows(`7 6 S Mon Jan  5 23:59:59 2026 ${"x".repeat(500)}`);
  expect(found?.command).toHaveLength(200);
});

test("the table of this machine knows this process, its parent and its start, twice the same", () => {
  const table = systemProcessTable();
  const own = table.find(process.pid);
  expect(own).toMatchObject({ pid: process.pid, parentPid: process.ppid, isZombie: false });
  expect(own?.startTime).not.toBe("");
  expect(table.list().find(({ pid }) => pid === process.pid)?.startTime).toBe(own!.startTime);
  expect(table.find(2_000_000_001)).toBeUndefined();
});

test("a program whose name has blanks and parentheses is read all the same", async () => {
  const program = join(temporaryFolder(), ") S 1 (x");
  symlinkSync(process.execPath, program);
  const child = Bun.spawn([program, "-e", "console.log(1); setInterval(() => 1, 60_000)"], { stderr: "ignore" });
  await child.stdout.getReader().read();
  const expected = { pid: child.pid, parentPid: process.pid, isZombie: false };
  expect(systemProcessTable().find(child.pid)).toMatchObject(expected);
  child.kill("SIGKILL");
  await child.exited;
});

test("a child that ended and was not collected shows as a zombie, not as alive", async () => {
  // exec makes sleep the parent of the shell's child, and sleep collects nobody.
  const parent = Bun.spawn(["sh", "-c", "sh -c 'exit 0' & exec sleep 97"], { stdio: ["ignore", "ignore", "ignore"] });
  const table = systemProcessTable();
  const child = () => table.list().find(({ parentPid }) => parentPid === parent.pid);
  while (child()?.isZombie !== true) await Bun.sleep(10);
  expect(child()?.isZombie).toBe(true);
  parent.kill("SIGKILL");
  await parent.exited;
});

test.if(process.platform === "linux")(
  "without a free file descriptor the table is unreadable, never empty",
  async () => {
    const fixture = join(import.meta.dir, "../fixtures/runs-out-of-files.ts");
    const child = Bun.spawn(["sh", "-c", `ulimit -n 256; exec "${process.execPath}" "${fixture}"`], {
      env: { ...process.env, BIZAR_INSTANCE: "bgr_FILES" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(await child.stdout.json()).toEqual({
      without: { list: "unreadable", find: "unreadable", findAll: "unreadable", values: "unreadable" },
      afterwards: { list: true, find: true, findAll: true, values: "bgr_FILES" },
    });
  },
  20_000,
);

const ROW = "  501     1 Ss   Sat Nov 21 09:05:01 2026     /usr/libexec/logd\n";
const psEnds: [what: string, exitCode: number | null, stdout: string, stderr: string, rows: string | undefined][] = [
  ["rows", 0, ROW, "", ROW],
  ["no process of those pids", 1, "", "", ""],
  ["no row at all", 0, "", "", undefined],
  ["an error", 1, "", "ps: time: requires entitlement", undefined],
  ["an error behind some rows", 1, ROW, "ps: sysctl: Cannot allocate memory", undefined],
  ["a signal", null, "", "", undefined],
];

test.each(psEnds)("what macOS's ps says: %s", (_, exitCode, stdout, stderr, rows) => {
  if (rows === undefined)
    expect(() => psRows(exitCode, stdout, stderr)).toThrow("The process table cannot be read: ps");
  else expect(psRows(exitCode, stdout, stderr)).toBe(rows);
});

function zone(env: NodeJS.ProcessEnv): string {
  return Bun.spawnSync(["date", "+%Z"], { env }).stdout.toString().trim();
}

test("the start times of ps are those of one time zone and one language, whatever the machine's are", () => {
  const local = { ...process.env, TZ: "XYZ-9", LC_ALL: "de_DE.UTF-8", LANG: "de_DE.UTF-8" };
  expect(zone(local)).toBe("XYZ");
  expect(zone({ ...local, ...PS_ENVIRONMENT })).toBe("UTC");
  expect(PS_ENVIRONMENT.LC_ALL).toBe("C");
});
