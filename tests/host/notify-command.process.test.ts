import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { endNotice, notifyCommand, type Notice } from "../../src/host/notify-command.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { until } from "../until.ts";

const TITLE = `$(touch pwned) "; touch pwned; ' \u0000\u001b[31m\n${"x".repeat(400)}`;
const agent = { instanceId: sampleId(1), agent: "thor", title: TITLE };

/** Runs the command for one notice, and waits until it has written `done`. */
async function run(command: string, notice: Notice) {
  const directory = temporaryFolder();
  const reports: string[] = [];
  const environment = { PATH: process.env["PATH"], HOME: "/home", BIZAR_STATE_DIR: "/secret" };
  const notify = notifyCommand({ command, directory, environment, report: (text) => void reports.push(text) });
  notify(notice);
  const path = join(directory, "done");
  return { directory, notify, reports, done: async () => await until("the command has run", () => existsSync(path)) };
}

test("what happened is in the environment, and no word of it is the shell's", async () => {
  const command = 'env | grep ^BIZAR_ > said; printf %s "$BIZAR_TITLE" > title; mv said done';
  const { directory, done } = await run(command, { event: "end", ...agent, status: "failed", reason: "budget" });
  await done();
  const said = readFileSync(join(directory, "done"), "utf8");
  for (const line of ["BIZAR_EVENT=end", `BIZAR_ID=${sampleId(1)}`, "BIZAR_AGENT=thor", "BIZAR_STATUS=failed"]) {
    expect(said.split("\n")).toContain(line);
  }
  expect(said).toContain("BIZAR_REASON=budget\n");
  expect(said).not.toContain("secret");
  expect(readFileSync(join(directory, "title"), "utf8")).toMatch(
    /^\$\(touch pwned\) "; touch pwned; ' \\x00\\x1b\[31m x+…$/,
  );
  expect(existsSync(join(directory, "pwned"))).toBe(false);
});

test.each<[notice: Notice, said: string]>([
  [{ event: "review", subject: "the-plan" }, "review/the-plan///"],
  [{ event: "question", ...agent, title: "T", text: "bash: git push" }, "question//thor/T/bash: git push"],
  [endNotice(sampleInstance("timed_out")), "end//mimir/Look around/"],
])("%j", async (notice, said) => {
  const values = '"$BIZAR_EVENT/$BIZAR_SUBJECT/$BIZAR_AGENT/$BIZAR_TITLE/$BIZAR_TEXT"';
  const { directory, done } = await run(`printf %s ${values} > said; mv said done`, notice);
  await done();
  expect(readFileSync(join(directory, "done"), "utf8")).toBe(said);
});

test("one that fails is reported once, until it has worked again", async () => {
  const { directory, notify, reports } = await run("test -e ok || exit 3", { event: "review", subject: "a" });
  await until("it is reported", () => reports.length === 1);
  expect(reports[0]).toBe('The command of the option "notifyCommand" ended with 3: test -e ok || exit 3');
  notify({ event: "review", subject: "b" });
  await Bun.write(join(directory, "ok"), "");
  notify({ event: "review", subject: "c" });
  expect(reports).toHaveLength(1);
});

test("without a command nothing is run", () => {
  const given = { directory: "/nowhere", environment: {}, report: () => expect.unreachable() };
  notifyCommand({ command: null, ...given })({ event: "review", subject: "a" });
});
