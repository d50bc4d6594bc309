import { describe, expect, test } from "bun:test";
import { readOptions } from "../../src/config/options.ts";

const environment = { HOME: "/home/ada" };

describe("an unknown name is warned about, with the nearest known one", () => {
  const cases: [name: string, hint: string | undefined][] = [
    ["statedir", "stateDir"],
    ["killGraceMS", "killGraceMs"],
    ["maxConcurrentInstance", "maxConcurrentInstances"],
    ["supervisorAgent", "supervisorAgents"],
    ["somethingElseEntirely", undefined],
    ["constructor", undefined],
    ["toString", undefined],
    ["__proto__", undefined],
  ];
  for (const [name, hint] of cases) {
    test(name, () => {
      const { warnings } = readOptions(JSON.parse(`{"${name}": 1}`), environment);
      const meant = hint === undefined ? "" : ` Did you mean "${hint}"?`;
      expect(warnings).toEqual([`There is no option "${name}"; it is ignored.${meant}`]);
    });
  }
});

describe("the environment wins over options", () => {
  test("folders", () => {
    const { options, warnings } = readOptions(
      { stateDir: "/from/options", logDir: "/from/options/logs" },
      { ...environment, BIZAR_STATE_DIR: "/from/env", BIZAR_LOG_DIR: "/from/env/logs" },
    );
    expect(options).toMatchObject({ stateDir: "/from/env", logDir: "/from/env/logs" });
    expect(warnings).toEqual([]);
  });

  test("numbers, also over an option that could not be used", () => {
    const variables = { ...environment, BIZAR_MAX_CONCURRENT_INSTANCES: "3" };
    const { options, warnings } = readOptions({ maxConcurrentInstances: "many" }, variables);
    expect(options.maxConcurrentInstances).toBe(3);
    expect(warnings).toEqual([]);
  });

  test("a bad number is warned about by the name of its variable", () => {
    for (const [text, used] of [
      ["many", 8],
      ["99", 32],
    ] as const) {
      const { options, warnings } = readOptions({}, { ...environment, BIZAR_MAX_CONCURRENT_INSTANCES: text });
      expect(options.maxConcurrentInstances).toBe(used);
      expect(warnings).toEqual([expect.stringContaining('Option "BIZAR_MAX_CONCURRENT_INSTANCES" is')]);
    }
  });

  test("switches: 1 is on, everything else is off, empty is not set", () => {
    const read = (text: string) =>
      readOptions({ backgroundSkipPermissions: true }, { ...environment, BIZAR_BACKGROUND_SKIP_PERMISSIONS: text })
        .options.backgroundSkipPermissions;
    expect(["1", "0", "true", ""].map(read)).toEqual([true, false, false, true]);
    expect(readOptions({}, { ...environment, BIZAR_DISABLE_LOG: "1" }).options.logsDisabled).toBe(true);
  });

  test("the log level, in any case; an unknown one is a warning", () => {
    const debug = readOptions({}, { ...environment, BIZAR_LOG_LEVEL: "DEBUG" });
    expect(debug).toMatchObject({ options: { logLevel: "debug" }, warnings: [] });
    const loud = readOptions({}, { ...environment, BIZAR_LOG_LEVEL: "loud" });
    expect(loud.options.logLevel).toBe("info");
    expect(loud.warnings).toEqual([expect.stringContaining('BIZAR_LOG_LEVEL is "loud"')]);
  });
});

describe("the state lives under XDG_CACHE_HOME where that is set", () => {
  const cases: [given: string | undefined, stateDir: string][] = [
    ["/caches", "/caches/bizar"],
    [undefined, "/home/ada/.cache/bizar"],
    ["", "/home/ada/.cache/bizar"],
    ["relative/caches", "/home/ada/.cache/bizar"],
  ];
  for (const [given, stateDir] of cases) {
    test(String(given), () => {
      const variables = given === undefined ? environment : { ...environment, XDG_CACHE_HOME: given };
      expect(readOptions({}, variables).options).toMatchObject({ stateDir, logDir: `${stateDir}/logs` });
    });
  }
});

describe("no JSON value makes it throw", () => {
  const values: unknown[] = [null, true, false, 0, -1, 1.5, 1e308, "", "x", "\0", [], [1], {}, { a: { b: [null] } }];
  const names = Object.keys(readOptions({}, environment).options);

  test("as the whole of the options", () => {
    for (const value of values) {
      const { warnings } = readOptions(value, environment);
      const isObject = typeof value === "object" && !Array.isArray(value);
      if (!isObject) expect(warnings).toEqual([expect.stringContaining("options must be an object, not")]);
    }
  });

  test("as any option", () => {
    for (const name of names) {
      for (const value of values) expect(readOptions({ [name]: value }, environment).options).toBeDefined();
    }
  });
});
