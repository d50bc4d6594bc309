import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ToolLog, type ToolLogLine } from "../../src/store/tool-log.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const SESSION = "ses_1a2B3c";
const sample: ToolLogLine = {
  sessionId: SESSION,
  agent: "thor",
  tool: "bash",
  fingerprint: "0123456789abcdef".repeat(4),
  outcome: "ok",
  durationMs: 1234.5,
};

function openLog(folder = join(temporaryFolder(), "state", "logs"), rotationBytes = 1_000_000) {
  const reports: string[] = [];
  const log = new ToolLog(folder, rotationBytes, (message) => void reports.push(message));
  const lines = (name = `${SESSION}.log`) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1);
  return { folder, lines, log, path: join(folder, `${SESSION}.log`), reports };
}

describe("a line", () => {
  test("has time, session, agent, tool, fingerprint, outcome and duration", async () => {
    const { lines, log } = openLog();
    const before = Date.now();
    log.write(sample);
    await log.flush();
    const [line = ""] = lines();
    const [time = "", ...words] = line.split(" ");
    expect(new Date(time).toISOString()).toBe(time);
    expect(Date.parse(time)).toBeWithin(before, Date.now() + 1);
    expect(words.join(" ")).toBe(
      `session=${SESSION} agent=thor tool=bash fingerprint=0123456789ab outcome=ok duration=1235`,
    );
  });

  const names: [what: string, name: string, shown: string][] = [
    ["a path of names", "team/thor:fast@2.1-x", "team/thor:fast@2.1-x"],
    ["white space and lines", "a b\nsession=ses_x", "a?b?session?ses_x"],
    ["a long one", "x".repeat(500), "x".repeat(64)],
    ["control characters", "\u001b[31mred", "??31mred"],
  ];
  for (const [what, name, shown] of names) {
    test(`holds names as one word: ${what}`, async () => {
      const { lines, log } = openLog();
      log.write({ ...sample, agent: name, tool: name });
      await log.flush();
      expect(lines()[0]).toContain(` agent=${shown} tool=${shown} fingerprint=`);
    });
  }
});

describe("a log", () => {
  test("is nobody else's to read", async () => {
    const { folder, log, path } = openLog();
    log.write(sample);
    await log.flush();
    expect([folder, path].map((name) => statSync(name).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  test("goes on where an earlier process stopped", async () => {
    const first = openLog();
    first.log.write(sample);
    await first.log.flush();
    const second = openLog(first.folder);
    second.log.write({ ...sample, outcome: "error" });
    await second.log.flush();
    expect(second.lines().map((line) => line.includes("outcome=error"))).toEqual([false, true]);
  });

  test("has the lines of its session in their order, whoever else writes", async () => {
    const { lines, log } = openLog();
    const sessions = ["ses_a", "ses_b", "ses_c"];
    for (let number = 0; number < 3000; number++) {
      log.write({ ...sample, sessionId: sessions[number % 3]!, durationMs: number });
      if (number % 500 === 0) await Promise.resolve();
    }
    await log.flush();
    sessions.forEach((sessionId, index) => {
      const durations = lines(`${sessionId}.log`).map((line) => Number(line.split("duration=")[1]));
      expect(durations).toEqual(Array.from({ length: 1000 }, (_, lap) => lap * 3 + index));
    });
  });

  test("shared by two writers has whole lines only", async () => {
    const one = openLog();
    const other = openLog(one.folder);
    for (let number = 0; number < 200; number++) {
      for (const { log } of [one, other]) log.write(sample);
      await Promise.resolve();
    }
    await Promise.all([one.log.flush(), other.log.flush()]);
    expect(one.lines().length).toBe(400);
    expect(one.lines().every((line) => /^\S+Z session=.* duration=1235$/.test(line))).toBe(true);
  });

  test("loses no line that comes just as a flush ends", async () => {
    const folder = join(temporaryFolder(), "logs");
    writeFileSync(folder, "");
    const log = new ToolLog(folder, 1_000_000, () => {
      unlinkSync(folder);
      queueMicrotask(() => log.write(sample));
    });
    log.write(sample);
    await log.flush();
    expect(readdirSync(folder)).toEqual([`${SESSION}.log`]);
  });
});

test("a log that has reached its size becomes .1, and three of them are kept", async () => {
  const { folder, lines, log } = openLog(undefined, 1024);
  for (let number = 0; number < 60; number++) {
    log.write({ ...sample, durationMs: number });
    await log.flush();
  }
  expect(
    readdirSync(folder)
      .filter((name) => name !== `${SESSION}.log`)
      .toSorted(),
  ).toEqual([1, 2, 3].map((number) => `${SESSION}.log.${number}`));
  expect(statSync(join(folder, `${SESSION}.log.1`)).size).toBeWithin(1024, 1300);
  const numbers = [3, 2, 1]
    .flatMap((number) => lines(`${SESSION}.log.${number}`))
    .map((line) => line.split("duration=")[1]);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => String(Number(numbers[0]) + index)));
});

describe("what is refused", () => {
  test("a link in the place of a log", async () => {
    const { folder, log, path, reports } = openLog();
    mkdirSync(folder, { recursive: true });
    const elsewhere = join(folder, "..", "elsewhere");
    writeFileSync(elsewhere, "mine");
    symlinkSync(elsewhere, path);
    log.write(sample);
    await log.flush();
    expect(readFileSync(elsewhere, "utf8")).toBe("mine");
    expect(reports).toEqual([expect.stringContaining("ELOOP")]);
  });

  for (const id of ["../ses_1", "ses_a/b", "", "ses_\n"]) {
    test(`a session id that is none: ${JSON.stringify(id)}`, async () => {
      const { folder, log, reports } = openLog();
      log.write({ ...sample, sessionId: id });
      await log.flush();
      expect([existsSync(folder), reports]).toEqual([false, []]);
    });
  }
});

test("a folder that cannot be written is told of once, and written again once it can be", async () => {
  const folder = temporaryFolder();
  const { lines, log, reports } = openLog(join(folder, "logs"));
  writeFileSync(join(folder, "logs"), "");
  for (let number = 0; number < 5; number++) {
    log.write(sample);
    log.write({ ...sample, sessionId: "ses_other" });
    await log.flush();
  }
  expect(reports).toEqual([expect.stringMatching(/^The tool log of a session cannot be written: .*(ENOTDIR|EEXIST)/)]);
  unlinkSync(join(folder, "logs"));
  log.write(sample);
  await log.flush();
  expect(lines().length).toBe(1);
});
