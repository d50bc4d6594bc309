import { describe, expect, test } from "bun:test";
import { digestEnd, isWaiting, type CallEnd } from "../../src/guard/call-result.ts";

const ok = (output: string, exitCode?: number): CallEnd => ({ status: "completed", output, exitCode });
const error = (text: string): CallEnd => ({ status: "error", error: text });
const shot = (data: string) =>
  digestEnd("shot", {}, { status: "completed", output: "Done.", attachments: [`data:image/png;base64,${data}`] });
const long = "x".repeat(20_000);

describe("an error without the call's own arguments", () => {
  const same: [what: string, one: [unknown, string], other: [unknown, string]][] = [
    ["a path", [{ filePath: "/a" }, "File not found: /a"], [{ filePath: "/b" }, "File not found: /b"]],
    ["a relative path that it completes", [{ p: "src/a" }, "No /w/src/a"], [{ p: "lib/b" }, "No /w/lib/b"]],
    ["several arguments, one part of another", [{ a: "ab", b: "ab cd" }, "no ab cd"], [{ a: "x1", b: "y2" }, "no y2"]],
    ["one that it names twice", [{ a: "aa" }, "aa: no aa"], [{ a: "bb" }, "bb: no bb"]],
    ["other white space", [{}, "not  found\n"], [{}, "not found"]],
  ];
  for (const [what, one, other] of same) {
    test(`is the same: ${what}`, () => {
      expect(digestEnd("t", one[0], error(one[1]))).toEqual(digestEnd("t", other[0], error(other[1])));
    });
  }

  const different: [what: string, one: [unknown, string], other: [unknown, string]][] = [
    ["another error", [{}, "not found"], [{}, "not allowed"]],
    ["an argument that is part of a word", [{ a: "no" }, "not there"], [{ a: "xy" }, "t there"]],
    ["what a long error ends with", [{}, `${long}1`], [{}, `${long}2`]],
  ];
  for (const [what, one, other] of different) {
    test(`is another: ${what}`, () => {
      expect(digestEnd("t", one[0], error(one[1])).digest).not.toBe(digestEnd("t", other[0], error(other[1])).digest);
    });
  }

  test("whatever the arguments are, it has a digest", () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, `value ${index}`]));
    for (const args of [
      undefined,
      null,
      5,
      "text",
      [1, "aa"],
      { a: "(", b: "[", c: "$&" },
      many,
      { __proto__: null },
    ]) {
      expect(digestEnd("__proto__", args, error(`boom ${long}`)).isError).toBe(true);
    }
  });
});

describe("an exit code", () => {
  const cases: [what: string, command: string, end: CallEnd, isError: boolean][] = [
    ["0", "make", ok("done", 0), false],
    ["none", "make", ok("done"), false],
    ["2 with words", "make", ok("no rule", 2), true],
    ["1 of a search that found nothing", "grep -r x .", ok("", 1), false],
    ["1 of a search with words", "cd a && git grep x", ok("grep: a is a directory", 1), false],
    ["2 of a search", "grep -r '(' .", ok("unbalanced parenthesis", 2), true],
    ["1 of a test", "[ -f a ] && echo yes", ok("no file", 1), false],
    ["1 of a program whose name begins alike", "grepper x", ok("boom", 1), true],
    ["1 without a word", "false", ok("(no output)", 1), false],
    ["1 with nothing but a number", "count", ok("17\n", 1), false],
  ];
  for (const [what, command, end, isError] of cases) {
    test(`${what}: ${isError ? "a failure" : "an answer"}`, () => {
      expect(digestEnd("bash", { command }, end).isError).toBe(isError);
    });
  }

  test("is part of the answer", () => {
    expect(digestEnd("bash", {}, ok("", 0)).digest).not.toBe(digestEnd("bash", {}, ok("", 1)).digest);
  });
});

describe("an answer", () => {
  test("is another when it differs in a time stamp only: what is a stamp and what is content, nobody can know", () => {
    const digests = ["12:00:01", "12:00:02"].map((time) => digestEnd("bash", {}, ok(`${time} ${long}`)).digest);
    expect(digests[0]).not.toBe(digests[1]);
  });

  test("is another when the attached image is", () => {
    expect(shot("AAAA").digest).not.toBe(shot("BBBB").digest);
    expect(shot("AAAA")).toEqual(shot("AAAA"));
  });

  test("of 5 MB, binary or not, is told from another by its last character", () => {
    const bytes = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code)).repeat(20_000);
    expect(digestEnd("bash", {}, ok(`${bytes}a`)).digest).not.toBe(digestEnd("bash", {}, ok(`${bytes}b`)).digest);
  });

  test("is kept as a short digest, without its content", () => {
    expect(digestEnd("bash", {}, ok(`secret ${long}`)).digest).toMatch(/^ok::[0-9a-z]{1,13}$/);
    expect(digestEnd("bash", {}, error(`secret ${long}`)).digest).toMatch(/^error:[0-9a-z]{1,13}:[0-9a-z]{1,13}$/);
  });
});

describe("waiting", () => {
  const cases: [command: unknown, waits: boolean][] = [
    ["sleep 5", true],
    ["make; sleep 0.5 && ls", true],
    ["(sleep $N)", true],
    ["while ! curl x; do sleep 1; done", true],
    ["echo sleepy 5", false],
    ["nosleep 5", false],
    ["man sleep", false],
    [5, false],
  ];
  for (const [command, waits] of cases) {
    test(`${String(command)}: ${waits}`, () => expect(isWaiting("bash", { command })).toBe(waits));
  }

  test("only bash can", () => expect(isWaiting("read", { command: "sleep 5" })).toBe(false));
});
