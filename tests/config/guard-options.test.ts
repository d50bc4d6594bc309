import { describe, expect, test } from "bun:test";
import { readOptions, type Options } from "../../src/config/options.ts";

const environment = { HOME: "/home/ada" };

function read(raw: unknown, variables: Record<string, string> = {}) {
  return readOptions(raw, { ...environment, ...variables });
}
const defaults = read({}).options;

/** The range of each number of the guards and watchdogs. */
const ranges: [name: keyof Options, min: number, max: number][] = [
  ["loopThresholdWarn", 1, 8],
  ["loopThresholdEscalate", 1, 12],
  ["loopThresholdBlock", 1, Number.MAX_SAFE_INTEGER],
  ["loopWindowSize", 3, 50],
  ["backgroundStallTimeoutMs", 10_000, 600_000],
  ["backgroundThinkingLoopTimeoutMs", 30_000, 900_000],
  ["backgroundToolTimeoutMs", 10_000, 86_400_000],
  ["backgroundMaxInterventions", 0, 3],
  ["backgroundToolCallCap", 1, 5000],
  ["backgroundTokenBudget", 0, Number.MAX_SAFE_INTEGER],
  ["backgroundBudgetUsd", 0, 1e9],
  ["fleetBudgetUsd", 0, 1e9],
];

/** Options whose lowest number lets next to nothing through. */
const zeroRefusesAll: ReadonlySet<keyof Options> = new Set(["loopThresholdBlock", "backgroundToolCallCap"]);

describe("a number is taken at both ends of its range, without a warning", () => {
  for (const [name, min, max] of ranges) {
    test(name, () => {
      for (const value of [min, max]) {
        const { options, warnings } = read({ [name]: value });
        expect([options[name], warnings]).toEqual([value, []]);
      }
    });
  }
});

describe("a number outside its range is clamped, with one warning", () => {
  // The thresholds are bounded by each other, and what is bounded by nothing has no other side.
  const unbounded = new Set(["loopThresholdBlock", "backgroundTokenBudget", "backgroundBudgetUsd", "fleetBudgetUsd"]);
  for (const [name, min, max] of ranges) {
    const tooLarge = unbounded.has(name) ? [] : [{ given: max + 1, used: max }];
    const tooSmall = zeroRefusesAll.has(name) ? [] : [{ given: min - 1, used: min }];
    for (const { given, used } of [...tooSmall, ...tooLarge]) {
      test(`${name} ${given} becomes ${used}`, () => {
        const { options, warnings } = read({ [name]: given });
        expect(options[name]).toBe(used);
        const [warning, ...others] = warnings.filter((text) => text.startsWith(`Option "${name}" is ${given}`));
        expect(others).toEqual([]);
        expect(warning).toEndWith(`${used} is used instead.`);
      });
    }
  }
});

describe("a limit of 0 or less, which would refuse everything, is replaced by the default, with one warning", () => {
  for (const name of zeroRefusesAll) {
    for (const given of [0, -1, -1000, 0.4, Number.MIN_SAFE_INTEGER]) {
      test(`${name} ${given}`, () => {
        const { options, warnings } = read({ [name]: given });
        expect(options).toEqual(defaults);
        expect(warnings).toEqual([
          expect.stringMatching(
            new RegExp(`^Option "${name}" is ${given} .*; ${JSON.stringify(defaults[name])} is used instead`),
          ),
        ]);
      });
    }
  }

  test("from the environment as well", () => {
    const { options, warnings } = read({}, { BIZAR_BACKGROUND_TOOL_CALL_CAP: "0" });
    expect(options).toEqual(defaults);
    expect(warnings).toEqual([expect.stringContaining('Option "BIZAR_BACKGROUND_TOOL_CALL_CAP" is 0 (')]);
  });
});

test("budgets in dollars may have cents; whole numbers are rounded", () => {
  const given = { backgroundBudgetUsd: 0.25, fleetBudgetUsd: 9.99 };
  expect(read(given)).toMatchObject({ options: given, warnings: [] });
  expect(read({ backgroundToolCallCap: 20.6 }).options.backgroundToolCallCap).toBe(21);
});

describe("a value of another kind is replaced by the default, with one warning", () => {
  const cases: [name: keyof Options, given: unknown][] = [
    ["loopThresholdWarn", "5"],
    ["loopWindowSize", null],
    ["loopExemptTools", "bash"],
    ["loopExemptTools", [""]],
    ["loopExemptTools", [1]],
    ["backgroundStallTimeoutMs", Number.POSITIVE_INFINITY],
    ["backgroundMaxInterventions", true],
    ["backgroundBudgetUsd", "1$"],
    ["fleetBudgetUsd", Number.NaN],
  ];
  for (const [name, given] of cases) {
    test(`${name} ${JSON.stringify(given)}`, () => {
      const { options, warnings } = read({ [name]: given });
      expect(options).toEqual(defaults);
      expect(warnings).toEqual([expect.stringContaining(`Option "${name}" is ${JSON.stringify(given)} (`)]);
    });
  }
});

describe("the loop thresholds rise", () => {
  const cases: [given: number[], used: number[], warned: string[]][] = [
    [[3, 4, 5], [3, 4, 5], []],
    [[4, 4, 4], [4, 4, 4], []],
    [[9, 4, 12], [4, 4, 12], ["loopThresholdWarn"]],
    [[5, 20, 12], [5, 12, 12], ["loopThresholdEscalate"]],
    [
      [30, 20, 10],
      [10, 10, 10],
      ["loopThresholdWarn", "loopThresholdEscalate"],
    ],
    [[0, 8, 12], [1, 8, 12], ["loopThresholdWarn"]],
  ];
  for (const [[warn, escalate, block], used, warned] of cases) {
    test(`${warn}, ${escalate}, ${block} become ${used.join(", ")}`, () => {
      const given = { loopThresholdWarn: warn, loopThresholdEscalate: escalate, loopThresholdBlock: block };
      const { options, warnings } = read(given);
      expect([options.loopThresholdWarn, options.loopThresholdEscalate, options.loopThresholdBlock]).toEqual(used);
      expect(warnings).toEqual(warned.map((name) => expect.stringContaining(`Option "${name}" is `)));
    });
  }

  test("a default that has to give way is no reason for a warning", () => {
    const { options, warnings } = read({ loopThresholdBlock: 4 });
    expect(options).toMatchObject({ loopThresholdWarn: 4, loopThresholdEscalate: 4, loopThresholdBlock: 4 });
    expect(warnings).toEqual([]);
  });
});

describe("the environment wins over the options of the guards", () => {
  const cases: [variable: string, text: string, expected: Partial<Options>][] = [
    ["BIZAR_STALL_TIMEOUT_MS", "60000", { backgroundStallTimeoutMs: 60_000 }],
    ["BIZAR_THINKING_LOOP_TIMEOUT_MS", "45000", { backgroundThinkingLoopTimeoutMs: 45_000 }],
    ["BIZAR_MAX_INTERVENTIONS", "0", { backgroundMaxInterventions: 0 }],
    ["BIZAR_BACKGROUND_TOOL_CALL_CAP", "50", { backgroundToolCallCap: 50 }],
    ["BIZAR_DISABLE_LOOP", "1", { loopGuardDisabled: true }],
    ["BIZAR_DISABLE_LOOP", "0", { loopGuardDisabled: false }],
  ];
  const given = {
    backgroundStallTimeoutMs: 20_000,
    backgroundThinkingLoopTimeoutMs: 40_000,
    backgroundMaxInterventions: 2,
    backgroundToolCallCap: 100,
  };
  for (const [variable, text, expected] of cases) {
    test(`${variable}=${text}`, () => {
      const { options, warnings } = read(given, { [variable]: text });
      expect(options).toEqual({ ...defaults, ...given, ...expected });
      expect(warnings).toEqual([]);
    });
  }

  test("out of range it is clamped, and warned about by its own name", () => {
    const { options, warnings } = read({}, { BIZAR_STALL_TIMEOUT_MS: "5" });
    expect(options.backgroundStallTimeoutMs).toBe(10_000);
    expect(warnings).toEqual([
      expect.stringMatching(/^Option "BIZAR_STALL_TIMEOUT_MS" is 5 .*10000 is used instead\.$/),
    ]);
  });
});

describe("a misspelt name is told what was meant", () => {
  const cases: [given: string, meant: string][] = [
    ["loopThreshold", "loopThresholdWarn"],
    ["loopTresholdBlock", "loopThresholdBlock"],
    ["backgroundStallTimeout", "backgroundStallTimeoutMs"],
    ["backgroundBudgetUSD", "backgroundBudgetUsd"],
    ["fleetBudget", "fleetBudgetUsd"],
    ["loopExemptTool", "loopExemptTools"],
  ];
  for (const [given, meant] of cases) {
    test(`${given}: ${meant}`, () => {
      expect(read({ [given]: 1 }).warnings).toEqual([expect.stringContaining(`Did you mean "${meant}"?`)]);
    });
  }
});
