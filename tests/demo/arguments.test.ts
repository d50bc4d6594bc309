import { expect, test } from "bun:test";
import { readArguments } from "../../scripts/demo/arguments.ts";

test("without arguments the demo plays scripted answers", () => {
  expect(readArguments([])).toEqual({ kind: "scripted" });
});

test("--live takes the user's own model, or the one that is named", () => {
  expect(readArguments(["--live"])).toEqual({ kind: "live", model: null });
  expect(readArguments(["--live", "--model", "a/b/c"])).toEqual({ kind: "live", model: "a/b/c" });
});

test.each([[["--lvie"]], [["extra"]], [["--model", "a/b"]], [["--live", "--model", "b"]], [["--live", "--model"]]])(
  "%j is an error",
  (given) => {
    expect(readArguments(given).kind).toBe("wrong");
  },
);

test("--help helps", () => {
  expect(readArguments(["--help"])).toEqual({ kind: "help" });
});
