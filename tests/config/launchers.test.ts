import { describe, expect, test } from "bun:test";
import { losesSessions } from "../../src/config/launchers.ts";
import { readOptions } from "../../src/config/options.ts";

function read(launchers: unknown, more: Record<string, unknown> = {}) {
  const { options, warnings } = readOptions({ launchers, ...more }, { HOME: "/home/ada" });
  return { launchers: options.launchers, place: options.defaultLauncher, warnings };
}

test("a launcher needs a command; the rest has defaults", () => {
  const { launchers, warnings } = read({ slurm: { command: ["srun", "-n1"] } });
  expect(warnings).toEqual([]);
  expect(launchers).toEqual({ slurm: { command: ["srun", "-n1"], files: "shared", slots: 8, queueMs: 86_400_000 } });
});

test("all that a launcher can be told is kept as it is", () => {
  const whole = {
    command: ["ssh", "{instanceId}.host"],
    files: "git",
    directory: "~/agents",
    kill: ["scancel", "--name", "{instanceId}"],
    slots: 3,
    queueMs: 60_000,
    keepsSessions: true,
  };
  expect(read({ "a.b_c-1": whole })).toMatchObject({ launchers: { "a.b_c-1": whole }, warnings: [] });
});

describe("a launcher that cannot be used is left out, with one sentence that says why", () => {
  const cases: [what: string, name: string, launcher: unknown, words: string][] = [
    ["no object", "slurm", "srun", `it is "srun", expected an object such as {"command"`],
    ["no command", "slurm", {}, `"command" is missing, expected a list of words`],
    ["a command in one text", "slurm", { command: "srun -n1" }, `"command" is "srun -n1", expected a list of words`],
    ["an empty command", "slurm", { command: [] }, `"command" is [], expected a list of words`],
    ["an empty word", "slurm", { command: ["srun", ""] }, `"command.1" is "", expected a word that is not empty`],
    ["a number among words", "slurm", { command: ["srun", 1] }, `"command.1" is 1, expected a word`],
    ["other files", "slurm", { command: ["srun"], files: "rsync" }, `"files" is "rsync", expected "shared" or "git"`],
    ["no slots", "slurm", { command: ["srun"], slots: 0 }, `"slots" is 0, expected a whole number from 1`],
    ["half a slot", "slurm", { command: ["srun"], slots: 1.5 }, `"slots" is 1.5, expected a whole number`],
    ["a kill in one text", "slurm", { command: ["srun"], kill: "scancel" }, `"kill" is "scancel", expected a list`],
    ["a word of nobody's", "slurm", { command: ["srun", "{instanceid}"] }, "has {instanceid} in a command"],
    ["another word of nobody's", "slurm", { command: ["srun"], kill: ["x", "{id}"] }, "has {id} in a command"],
    ["a command in its kill", "slurm", { command: ["srun"], kill: ["sh", "-c", "{command}"] }, "has {command} in"],
    ["a name that means something", "here", { command: ["env"] }, "has a name that no place can have"],
    ["another such name", "any", { command: ["env"] }, "has a name that no place can have"],
    ["a name with a blank", "my place", { command: ["env"] }, "has a name that no place can have"],
    ["no name", "", { command: ["env"] }, "has a name that no place can have"],
  ];
  for (const [what, name, launcher, words] of cases) {
    test(what, () => {
      const { launchers, warnings } = read({ [name]: launcher, good: { command: ["env"] } });
      expect(Object.keys(launchers)).toEqual(["good"]);
      expect(warnings).toEqual([expect.stringContaining(words)]);
      expect(warnings[0]).toStartWith(`Option "launchers.${name}"`);
    });
  }
});

test("templates of other programs in a command are theirs", () => {
  const command = ["docker", "run", "-i", "--format", "{{.ID}}", "-e", "X=${HOME}", '--overrides={"spec": {}}'];
  expect(read({ box: { command } })).toMatchObject({ launchers: { box: { command } }, warnings: [] });
});

test("a misspelt word of a launcher is named with the one that is meant", () => {
  const { launchers, warnings } = read({ slurm: { command: ["srun"], slot: 4, Kill: ["x"] } });
  expect(launchers["slurm"]?.slots).toBe(8);
  expect(warnings).toEqual([
    expect.stringContaining('has no "slot"; it is ignored. Did you mean "slots"?'),
    expect.stringContaining('has no "Kill"; it is ignored. Did you mean "kill"?'),
  ]);
});

describe("launchers that are no object are none", () => {
  for (const given of [["srun"], "srun", 5, true]) {
    test(JSON.stringify(given), () => {
      expect(read(given)).toEqual({
        launchers: {},
        place: null,
        warnings: [expect.stringContaining('Option "launchers" must be an object')],
      });
    });
  }
});

describe("the default place", () => {
  const launchers = { slurm: { command: ["srun"] } };
  const cases: [given: unknown, place: string | null, words: string | undefined][] = [
    ["slurm", "slurm", undefined],
    ["here", null, undefined],
    [null, null, undefined],
    ["slrum", null, 'which is no place: there are slurm. Agents run here. Did you mean "slurm"?'],
    ["elsewhere", null, "which is no place: there are slurm."],
    [7, null, 'Option "defaultLauncher" is 7'],
  ];
  for (const [given, place, words] of cases) {
    test(JSON.stringify(given), () => {
      const found = read(launchers, { defaultLauncher: given });
      expect(found.place).toBe(place);
      expect(found.warnings).toEqual(words === undefined ? [] : [expect.stringContaining(words)]);
    });
  }

  test("where there is none at all", () => {
    expect(read({}, { defaultLauncher: "slurm" }).warnings[0]).toContain("none is set up");
  });
});

describe("a session is gone with its turn where the command makes a container", () => {
  const cases: [command: string[], keepsSessions: boolean | undefined, isLost: boolean][] = [
    [["docker", "run", "-i", "--rm", "image"], undefined, true],
    [["/usr/bin/podman", "run", "-i", "image"], undefined, true],
    [["kubectl", "-n", "ci", "run", "-i", "--rm", "x"], undefined, true],
    [["ssh", "host", "docker", "run", "-i", "image"], undefined, true],
    [["docker", "exec", "-i", "box"], undefined, false],
    [["docker", "run", "-i", "-v", "home:/root", "image"], true, false],
    [["srun", "-n1"], undefined, false],
    [["env"], false, true],
  ];
  for (const [command, keepsSessions, isLost] of cases) {
    test(`${command.join(" ")}${keepsSessions === undefined ? "" : `, keepsSessions ${keepsSessions}`}`, () => {
      expect(losesSessions({ command, keepsSessions })).toBe(isLost);
    });
  }
});
