/** The checks beside the tests: each is a script of `package.json`, so that it can be run alone. */
export const CHECKS = ["check:format", "check:lint", "check:types", "check:dead-code", "check:package"] as const;
