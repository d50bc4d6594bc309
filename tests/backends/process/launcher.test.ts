import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../temporary-folder.ts";
import { killLine, launchLine, leavesRunning } from "../../../src/backends/process/launcher.ts";
import { scriptWords } from "../../../src/backends/process/launch-script.ts";

const ID = "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const WORDS = ["echo", "a b", "it's", '$(id) `id` $HOME "x" \\n', "", "*", "--x=1"];

describe("the words of a run arrive as they are", () => {
  const launchers: [what: string, command: string[]][] = [
    ["behind a program that takes them one by one", ["env"]],
    ["behind a shell that takes them one by one", ["sh", "-c", 'exec "$@"', "sh"]],
    ["as one text, for a shell", ["sh", "-c"]],
    ["as one text, for a shell of a login", ["bash", "-lc"]],
    ["as one text, which the shell behind ssh hands to a further one", ["ssh", "host", "bash", "-ec"]],
    ["as one text, behind ssh", ["ssh", "host", "nice"]],
    ["as one text, where it is asked for", ["sh", "-c", "true && {command}"]],
    ["as one text within another", ["sh", "-c", "exec {command}", "sh"]],
    ["behind several", ["nice", "-n", "5", "env", "A=1"]],
  ];
  for (const [what, command] of launchers) {
    test(what, () => {
      const line = launchLine({ command }, ID, ["printf", "<%s>", ...WORDS]);
      const programs = temporaryFolder();
      // It does with its words what ssh does.
      writeFileSync(join(programs, "ssh"), '#!/bin/sh\nshift; exec sh -c "$*"\n', { mode: 0o755 });
      const env = { HOME: programs, PATH: `${programs}:${process.env["PATH"]}` };
      const { stdout, exitCode } = Bun.spawnSync(line, { env, stderr: "inherit" });
      expect([exitCode, stdout.toString()]).toEqual([0, WORDS.map((word) => `<${word}>`).join("")]);
    });
  }
});

describe("ssh, which hands its words to a shell, gets one text", () => {
  for (const command of [
    ["ssh", "host"],
    ["/usr/bin/ssh", "-T", "host"],
    ["nice", "ssh", "host"],
  ]) {
    test(command.join(" "), () => {
      const line = launchLine({ command }, ID, ["sh", "-c", "echo 'x y'"]);
      expect(line).toEqual([...command, `sh -c 'echo '\\''x y'\\'''`]);
    });
  }
});

test("the agent's id stands where it is asked for, as often as it is", () => {
  const command = ["srun", "--job-name={instanceId}", "{instanceId}", "a{instanceId}b{instanceId}"];
  expect(launchLine({ command }, ID, ["x"])).toEqual(["srun", `--job-name=${ID}`, ID, `a${ID}b${ID}`, "x"]);
  expect(killLine({ kill: ["scancel", "--name", "{instanceId}"] }, ID)).toEqual(["scancel", "--name", ID]);
  expect(killLine({}, ID)).toBeUndefined();
});

test("only ssh leaves what it has started running, and only where nothing else ends it", () => {
  expect(leavesRunning({ command: ["ssh", "host"] })).toBe(true);
  expect(leavesRunning({ command: ["ssh", "host"], kill: ["x"] })).toBe(false);
  expect(leavesRunning({ command: ["srun"] })).toBe(false);
});

test("nothing private is among the words: no prompt, no role, no nonce", () => {
  const words = scriptWords({
    ...{
      instanceId: ID,
      agent: "thor",
      files: "shared",
      directory: "/p",
      version: "1.2.3",
      binaries: ["/oc", "opencode"],
    },
    runArguments: ["run", "--agent=thor"],
  });
  expect(words.slice(3)).toEqual([
    "bizar",
    ID,
    "/p",
    "1.2.3",
    "/oc",
    "opencode",
    "thor",
    "",
    "",
    "",
    "run",
    "--agent=thor",
  ]);
  expect(words[2]).not.toContain("\n");
});
