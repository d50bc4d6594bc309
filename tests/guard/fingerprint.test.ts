import { describe, expect, test } from "bun:test";
import { fingerprint } from "../../src/guard/fingerprint.ts";

const print = (args: unknown, tool = "tool") => fingerprint(tool, args, "/project");

/** An object within an object, so many levels deep. */
function nested(depth: number, core: unknown): unknown {
  let value = core;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? { inner: value } : [value];
  return value;
}

function cyclic(name: string): unknown {
  const value: Record<string, unknown> = { name };
  value["self"] = { back: [value] };
  return value;
}

test("a fingerprint is 64 hex digits and always the same", () => {
  expect(print({ a: 1 })).toMatch(/^[0-9a-f]{64}$/);
  expect(print({ a: 1 })).toBe(print({ a: 1 }));
});

describe("one call in two spellings has one fingerprint", () => {
  const cases: [what: string, one: unknown, other: unknown][] = [
    ["permuted keys", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    ["permuted keys in a list", [{ a: 1, b: 2 }], [{ b: 2, a: 1 }]],
    ["an argument that is not set", { a: 1, b: undefined }, { a: 1 }],
    ["a working directory", { command: "ls", cwd: "/a" }, { command: "ls", cwd: "/b" }],
    ["a trace id, however it is written", { a: 1, traceId: "x", trace_id: "y", traceparent: "z" }, { a: 1 }],
    ["noise at any depth", { a: [{ b: 1, CWD: "x" }] }, { a: [{ b: 1 }] }],
    ["a path in the worktree", { filePath: "/project/src/a.ts" }, { filePath: "src/a.ts" }],
    ["the worktree itself", { path: "/project" }, { path: "." }],
    ["the worktree with a slash", { path: "/project/" }, { path: "./" }],
    ["no path at all, which means here", { path: "" }, { path: "." }],
    ["a dot before a path", { path: "./x" }, { path: "x" }],
    ["a slash behind a path", { path: "x/" }, { path: "x" }],
    ["a slash behind a path elsewhere", { path: "/etc/" }, { path: "/etc" }],
    ["parts of a path that take each other back", { path: "/elsewhere/../project/x" }, { path: "x" }],
    ["doubled slashes", { files: ["a//b"] }, { files: ["a/b"] }],
    ["a path under any name, when it is in the worktree", { target: "/project/a" }, { target: "a" }],
  ];
  for (const [what, one, other] of cases) test(what, () => expect(print(one)).toBe(print(other)));
});

describe("different calls have different fingerprints", () => {
  const cases: [what: string, one: unknown, other: unknown][] = [
    ["ids", { id: 1 }, { id: 2 }],
    ["a number and its digits", { id: 1 }, { id: "1" }],
    ["a bigint and its digits", { id: 1n }, { id: "1n" }],
    ["bigints", { id: 1n }, { id: 2n }],
    ["nothing and null", { id: null }, {}],
    ["a list and an object", { a: ["b", "c"] }, { a: { b: "c" } }],
    ["lists in another order", ["a", "b"], ["b", "a"]],
    ["a hole in a list", ["a", undefined, "b"], ["a", "b"]],
    ["one key, nested elsewhere", { a: { b: 1 }, c: 2 }, { a: { b: 1, c: 2 } }],
    ["a key named __proto__", JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 2}')],
    ["a key named __proto__, or none", JSON.parse('{"__proto__": 1}'), {}],
    ["a key named constructor", { constructor: 1 }, { constructor: 2 }],
    ["text that looks like a path", { pattern: "a//b" }, { pattern: "a/b" }],
    ["the content of a file", { fileContent: "./x" }, { fileContent: "x" }],
    ["commands that begin with a path", { command: "/project/run a/../b" }, { command: "/project/test b/../b" }],
    ["a folder beside the worktree", { path: "/projects/a" }, { path: "s/a" }],
    ["lines of a path", { path: "a//b\nc" }, { path: "a/b\nc" }],
    ["depths", nested(1000, 1), nested(1002, 1)],
    ["a value 1 000 levels down", nested(1000, 1), nested(1000, 2)],
    ["cyclic values", cyclic("a"), cyclic("b")],
    ["no arguments at all", undefined, {}],
  ];
  for (const [what, one, other] of cases) test(what, () => expect(print(one)).not.toBe(print(other)));
});

test("the tool's name is part of it, whatever it is", () => {
  const names = ["read", "__proto__", "constructor", "toString", "", "read\0", "ream"];
  expect(new Set(names.map((name) => print({}, name))).size).toBe(names.length);
});

test("a value that appears twice is no cycle", () => {
  const shared = { x: 1 };
  expect(print({ a: shared, b: shared })).toBe(print({ a: { x: 1 }, b: { x: 1 } }));
});

test("a cyclic value has a fingerprint, and the same one each time", () => {
  expect(print(cyclic("a"))).toBe(print(cyclic("a")));
});

test("100 000 levels are taken down to where no tool's schema goes", () => {
  expect(print(nested(100_000, 1))).toBe(print(nested(100_000, 2)));
});

test("where there is no worktree, absolute paths stay", () => {
  expect(fingerprint("read", { path: "/a" }, "/")).not.toBe(fingerprint("read", { path: "a" }, "/"));
});

test("every character of a text of 5 MB counts", () => {
  const text = "x".repeat(5_000_000);
  expect(print({ content: `${text}a` })).not.toBe(print({ content: `${text}b` }));
});
