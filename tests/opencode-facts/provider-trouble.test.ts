import { expect, test } from "bun:test";
import { providerTrouble } from "../../src/opencode/provider-trouble.ts";

test.each([
  ["no key", "APIError", { statusCode: 401, message: "Unauthorized" }, "refuses"],
  ["no money", "APIError", { statusCode: 402, message: "Payment required" }, "refuses"],
  ["forbidden", "APIError", { statusCode: 403, message: "x" }, "refuses"],
  ["no such model", "APIError", { statusCode: 404, message: "x" }, "refuses"],
  ["too many requests", "APIError", { statusCode: 429, message: "x" }, "refuses"],
  ["a fault of the provider's", "APIError", { statusCode: 500, message: "x" }, "refuses"],
  ["an overloaded one", "APIError", { statusCode: 529, message: "x" }, "refuses"],
  ["a used up quota", "APIError", { statusCode: 400, message: "You exceeded your current quota" }, "refuses"],
  ["no key at all", "ProviderAuthError", { message: "x" }, "refuses"],
  ["a model that is gone", "ProviderModelNotFoundError", {}, "refuses"],
  ["a bad request", "APIError", { statusCode: 400, message: "the prompt offends the server" }, undefined],
  ["a cut line", "APIError", { message: "read ECONNRESET" }, "cut"],
  ["a line that was never there", "UnknownError", { message: "Unable to connect. Is the computer able…" }, "cut"],
  ["a stop", "MessageAbortedError", { message: "Aborted by connection" }, undefined],
  ["a full context", "ContextOverflowError", { message: "quota of tokens" }, undefined],
  ["anything else", "UnknownError", { message: "x is not a function" }, undefined],
] as const)("%s: %s %j is %p", (_, name, data, trouble) =>
  expect(providerTrouble({ name, data })).toBe(trouble as never),
);
