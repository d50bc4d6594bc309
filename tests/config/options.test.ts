import { describe, expect, test } from "bun:test";
import { homedir } from "node:os";
import { isDisabled } from "../../src/config/is-disabled.ts";
import { readOptions, type Options } from "../../src/config/options.ts";

const environment = { HOME: "/home/ada" };

const defaults: Options = {
  stateDir: "/home/ada/.cache/bizar",
  logDir: "/home/ada/.cache/bizar/logs",
  logRotationBytes: 10_485_760,
  backend: "process",
  warmIdleMs: 600_000,
  isolation: "none",
  isolateAgents: [],
  applyChanges: "agent",
  worktreeDir: "/home/ada/.cache/bizar/worktrees",
  launchers: {},
  servers: [],
  bringBackMb: 1024,
  defaultLauncher: null,
  isolationUntrackedMb: 100,
  worktreeSetup: null,
  worktreeSetupTimeoutMs: 600_000,
  maxConcurrentInstances: 8,
  backgroundPermissions: null,
  permissionWaitMs: 600_000,
  fallbackModels: {},
  maxRetryWaitMs: 120_000,
  autoContinue: 1,
  minFreeMemoryMb: 768,
  backgroundSkipPermissions: false,
  supervisorAgents: ["odin"],
  provideAgents: true,
  announce: "wake",
  announceBatch: "each",
  onExit: "kill",
  killGraceMs: 5000,
  opencodeBinary: null,
  loopThresholdWarn: 5,
  loopThresholdEscalate: 8,
  loopThresholdBlock: 12,
  loopWindowSize: 10,
  loopExemptTools: [],
  backgroundStallTimeoutMs: 180_000,
  backgroundThinkingLoopTimeoutMs: 300_000,
  backgroundToolTimeoutMs: 1_800_000,
  backgroundMaxInterventions: 1,
  backgroundToolCallCap: 500,
  backgroundBudgetUsd: 0,
  backgroundTokenBudget: 0,
  fleetBudgetUsd: 0,
  planOpenBrowser: "auto",
  notifyCommand: null,
  planGate: "ask",
  loopGuardDisabled: false,
  logsDisabled: false,
  logLevel: "info",
};

describe("a default install warns about nothing", () => {
  for (const raw of [undefined, null, {}]) {
    test(`options ${JSON.stringify(raw)}`, () => {
      expect(readOptions(raw, environment)).toEqual({ options: defaults, warnings: [] });
    });
  }
});

test("every option is taken as it is given", () => {
  const given = {
    stateDir: "/var/bizar",
    logDir: "/var/log/bizar",
    logRotationBytes: 1024,
    backend: "warm",
    warmIdleMs: 1000,
    maxConcurrentInstances: 32,
    minFreeMemoryMb: 0,
    backgroundSkipPermissions: true,
    supervisorAgents: ["*"],
    provideAgents: false,
    onExit: "finish",
    killGraceMs: 0,
    opencodeBinary: "/opt/opencode",
  };
  const { options, warnings } = readOptions(given, environment);
  expect(options).toEqual({ ...defaults, ...given, worktreeDir: "/var/bizar/worktrees" } as Options);
  expect(warnings).toEqual([]);
});

describe("a number outside its range is clamped, with one warning", () => {
  const cases: [name: keyof Options, given: number, used: number][] = [
    ["maxConcurrentInstances", 0, 1],
    ["maxConcurrentInstances", 33, 32],
    ["maxConcurrentInstances", 32.5, 32],
    ["maxConcurrentInstances", 0.2, 1],
    ["maxConcurrentInstances", 2.4, 2],
    ["warmIdleMs", 0, 1000],
    ["warmIdleMs", 86_400_001, 86_400_000],
    ["minFreeMemoryMb", -1, 0],
    ["minFreeMemoryMb", 65_537, 65_536],
    ["killGraceMs", -1, 0],
    ["killGraceMs", 60_001, 60_000],
    ["killGraceMs", 1e300, 60_000],
    ["logRotationBytes", 1023, 1024],
  ];
  for (const [name, given, used] of cases) {
    test(`${name} ${given} becomes ${used}`, () => {
      const { options, warnings } = readOptions({ [name]: given }, environment);
      expect(options[name]).toBe(used);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toStartWith(`Option "${name}" is ${JSON.stringify(given)} (`);
      expect(warnings[0]).toEndWith(`; ${used} is used instead.`);
    });
  }
});

describe("a value of another kind is replaced by the default, with one warning", () => {
  const cases: [name: keyof Options, given: unknown][] = [
    ["stateDir", 5],
    ["stateDir", ""],
    ["logDir", ["/x"]],
    ["logRotationBytes", "10485760"],
    ["maxConcurrentInstances", null],
    ["maxConcurrentInstances", Number.NaN],
    ["maxConcurrentInstances", Number.POSITIVE_INFINITY],
    ["backgroundSkipPermissions", "yes"],
    ["supervisorAgents", "odin"],
    ["supervisorAgents", []],
    ["supervisorAgents", [""]],
    ["provideAgents", 0],
    ["backend", "cold"],
    ["onExit", "linger"],
    ["killGraceMs", {}],
    ["opencodeBinary", true],
  ];
  for (const [name, given] of cases) {
    test(`${name} ${JSON.stringify(given)}`, () => {
      const { options, warnings } = readOptions({ [name]: given }, environment);
      expect(options).toEqual(defaults);
      expect(warnings).toEqual([expect.stringContaining(`Option "${name}" is ${JSON.stringify(given)} (`)]);
    });
  }
});

test("a warning stays short when the value is long", () => {
  const { warnings } = readOptions({ onExit: "x".repeat(5000) }, environment);
  expect(warnings[0]!.length).toBeLessThan(300);
});

test("folders become absolute, and ~ is the home folder", () => {
  const { options } = readOptions({ stateDir: "~/state", logDir: "logs/of/agents" }, environment);
  expect(options.stateDir).toBe(`${homedir()}/state`);
  expect(options.logDir).toBe(`${process.cwd()}/logs/of/agents`);
});

test("the logs follow a stateDir that was set", () => {
  expect(readOptions({ stateDir: "/var/bizar" }, environment).options.logDir).toBe("/var/bizar/logs");
});

test("only BIZAR_DISABLE=1 keeps the plugin out", () => {
  expect([{}, { BIZAR_DISABLE: "0" }, { BIZAR_DISABLE: "1" }].map((each) => isDisabled(each))).toEqual([
    false,
    false,
    true,
  ]);
});
