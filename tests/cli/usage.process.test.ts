import { expect, test } from "bun:test";
import { homedir } from "node:os";
import { join } from "node:path";
import { readdirSync } from "node:fs";
import { sampleId } from "../supervisor/sample-instance.ts";
import { statePaths } from "../../src/store/state-paths.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { createCommandLine } from "./command-line-rig.ts";

const wrong: [string, string[], string][] = [
  ["no command", [], "Usage: opencode-bizar <command>"],
  [
    "an unknown command",
    ["stop"],
    'There is no command "stop". There are: ps, logs, show, cost, kill, allow, deny, answer, diff, apply, branch, discard, worktrees, doctor, gc.',
  ],
  ["an unknown flag", ["ps", "--every"], "Unknown option '--every'"],
  ["an agent's command without an id", ["kill"], "kill takes exactly one agent's id, not 0."],
  ["an agent's command with two ids", ["show", "a", "b"], "show takes exactly one agent's id, not 2."],
  ["a log of two agents", ["logs", "a", "b"], "logs takes at most one agent's id, not 2."],
  ["no number of lines", ["logs", "-n", "some"], '-n takes a whole number, not "some".'],
  ["an agent's log that is chosen otherwise, too", ["logs", "a", "--agent", "thor"], "give no id with it"],
  ["an order that is none", ["ps", "--sort", "size"], "--sort takes one of age, cost, tokens, tools, silent, not"],
  ["a choice by nothing", ["ps", "--find", " "], "--find needs a word."],
  ["a live view without a terminal", ["ps", "-w"], "ps -w needs a terminal. Without one, ps --json -w"],
  ["a word too many", ["gc", "now"], "gc takes no further words, not 1."],
];

test.each(wrong)("%s is wrong use: exit code 2, and a word on stderr that helps", async (_, args, words) => {
  const { exitCode, stdout, stderr } = await createCommandLine().run(...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(words);
  expect(stdout).toBe("");
});

test.each(["--help", "help", "ps --help", "logs -h"])("%s is answered on stdout", async (words) => {
  const { exitCode, stdout, stderr } = await createCommandLine().run(...words.split(" "));
  expect(stdout).toStartWith("Usage: opencode-bizar");
  expect([exitCode, stderr]).toEqual([0, ""]);
});

test("an id may be its start or its last characters, in either case", async () => {
  const line = createCommandLine();
  const [one, two] = ["bgr_01AAAAAAAAAAAAAAAAAAAAAAAA", "bgr_01BBBBBBBBBBBBBBBBBBBBBBBA"];
  await line.leave("done", { instanceId: one, title: "the first" });
  await line.leave("done", { instanceId: two, title: "the second" });
  for (const id of [one, "bgr_01A", "bgr_01a", "AAAAAA", "aaaaaaaa"]) {
    expect((await line.run("show", id)).stdout).toContain("the first");
  }
  const both = await line.run("show", "bgr_01");
  expect(both.exitCode).toBe(1);
  expect(both.stderr).toContain('"bgr_01" can be 2 agents.');
  for (const id of [one, two]) expect(both.stderr).toContain(id);
  expect((await line.run("show", "ba")).stdout).toContain("the second");
  const short = await line.run("show", "A");
  expect(short.stderr).toContain('"A" can be 2 agents. Six characters of an id tell them apart.');
  for (const id of [one, two]) expect(short.stderr).toContain(id);
  for (const id of ["BBABA", "bgr_02", sampleId(1), "../bg", " "]) {
    const none = await line.run("show", id);
    expect(none.exitCode).toBe(1);
    expect(none.stderr).toContain(`There is no agent "${id}"`);
  }
});

test("the folders are those of the environment, as for the plugin", async () => {
  const cache = temporaryFolder();
  const line = createCommandLine(statePaths(join(cache, "bizar"), join(cache, "bizar/logs")), {
    BIZAR_STATE_DIR: "",
    XDG_CACHE_HOME: cache,
  });
  await line.leave("done", { title: "from the cache" });
  expect((await line.run("ps", "--all")).stdout).toContain("from the cache");
});

test("a folder with credentials is refused", async () => {
  const line = createCommandLine(undefined, { BIZAR_STATE_DIR: join(homedir(), ".ssh/bizar") });
  const { exitCode, stderr } = await line.run("gc");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("where credentials are kept");
});

test("looking changes nothing: what is no record stays, with a word on stderr", async () => {
  const line = createCommandLine();
  await line.leave("done");
  line.file("recordDir", `${sampleId(2)}.json`, "{");
  line.file("recordDir", `${sampleId(3)}.json`, '{"schemaVersion":9}');
  const before = readdirSync(line.paths.recordDir);
  const { exitCode, stdout, stderr } = await line.run("ps", "--all");
  expect(exitCode).toBe(0);
  expect(stdout).toContain(sampleId(1));
  expect(stderr).toContain("is no record");
  expect(stderr).toContain("schema 9");
  expect(readdirSync(line.paths.recordDir)).toEqual(before);
});
