import { expect, test } from "bun:test";
import { runLimited } from "../../../src/backends/process/run-limited.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { systemProcessTable } from "../../../src/processes/process-table.ts";
import { until } from "../../until.ts";

const settings = { environment: process.env, limitMs: 60_000, clock: systemClock };

test("what a command reads, prints and ends with is told", async () => {
  const stdin = Buffer.from("in");
  const { stdout, stderr, exitCode, how } = await runLimited(["sh", "-c", "cat; echo e >&2; exit 3"], {
    ...settings,
    stdin,
  });
  expect([Buffer.from(stdout).toString(), stderr, exitCode, how]).toEqual(["in", "e\n", 3, "exited with code 3"]);
});

test("its time is that of all that it has started, and nothing of it is left", async () => {
  const seconds = `47${process.pid}`;
  const end = await runLimited(["sh", "-c", `echo said; sleep ${seconds}; true`], { ...settings, limitMs: 300 });
  expect(end).toMatchObject({ exitCode: null, how: "took longer than 300 ms" });
  expect(Buffer.from(end.stdout).toString()).toBe("said\n");
  const left = () =>
    systemProcessTable()
      .list()
      .filter(({ command }) => command === `sleep ${seconds}`);
  await until("nothing is left", () => left().length === 0);
});

test("one that has ended is not waited for on account of what it has left with its pipes", async () => {
  const seconds = `48${process.pid}`;
  const end = await runLimited(["sh", "-c", `sleep ${seconds} & echo $!`], settings);
  expect(end).toMatchObject({ exitCode: 0 });
  process.kill(Number(Buffer.from(end.stdout).toString()), "SIGKILL");
});
