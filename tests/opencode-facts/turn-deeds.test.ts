import { expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { callLine } from "../../src/opencode/call-line.ts";
import { TurnDeeds } from "../../src/opencode/turn-deeds.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const patch = "*** Begin Patch\n*** Update File: a.ts\n@@\n-1\n+2\n*** Add File: b.ts\n+x\n*** End Patch";

test.each<[tool: string, input: unknown, line: string]>([
  ["bash", { command: "ls -la\n  src", description: "Lists" }, "bash: ls -la src"],
  ["edit", { filePath: "/p/a.ts", oldString: "x", newString: "y" }, "edit: /p/a.ts"],
  ["apply_patch", { patchText: patch }, "apply_patch: a.ts, b.ts"],
  ["grep", { pattern: "TODO", include: "*.ts" }, "grep: TODO"],
  ["task", { description: "Looks", prompt: "long" }, "task: Looks"],
  ["mcp_click", { x: 1 }, 'mcp_click: {"x":1}'],
  ["todoread", {}, "todoread"],
  ["bash", undefined, "bash"],
  ["bash", { command: `echo ${"x".repeat(200)}` }, `bash: echo ${"x".repeat(114)}…`],
  ["bash", { command: `${"x".repeat(118)}🙂 and more` }, `bash: ${"x".repeat(118)}…`],
])("%s %j in a line", (tool, input, line) => {
  expect(callLine(tool, input)).toBe(line);
});

/** What a turn in `/project` did by these calls, each of which has ended so. */
function after(...calls: [tool: string, input: unknown, status?: string][]): TurnDeeds["sum"] {
  const deeds = new TurnDeeds("/project");
  for (const [index, [tool, input, status = "completed"]] of calls.entries()) {
    for (const each of ["running", status]) deeds.called(`prt_${index}`, { tool, state: { status: each, input } });
  }
  return deeds.sum;
}

const at = (filePath: string) => ({ filePath });

test("the files of edits, writes and patches that came to their end, each once, as those in the folder write them", () => {
  const { changedFiles } = after(
    ["write", at("/project/src/a.ts")],
    ["edit", at("src/a.ts")],
    ["edit", at("./src/../src/a.ts")],
    ["multiedit", at("/project/..b.ts")],
    ["apply_patch", { patchText: patch }],
    ["patch", { patchText: "*** Update File: c.ts\n*** Move to: d.ts" }],
    ["write", at("/elsewhere/e.ts")],
    ["write", at("../beside.ts")],
    ["edit", at("/projects/f.ts")],
  );
  expect(changedFiles).toEqual(
    "src/a.ts ..b.ts a.ts b.ts c.ts d.ts /elsewhere/e.ts /beside.ts /projects/f.ts".split(" "),
  );
});

test("none of a call that failed, that still runs, that only reads, or whose arguments are none", () => {
  const { changedFiles } = after(
    ["write", at("a.ts"), "error"],
    ["edit", at("b.ts"), "running"],
    ["read", at("c.ts")],
    ["bash", { command: "echo > d.ts" }],
    ["write", undefined],
    ["write", { filePath: 7 }],
  );
  expect(changedFiles).toEqual([]);
});

test("the last five calls, whatever became of them, each once", () => {
  const { lastCalls } = after(
    ...Array.from({ length: 9 }, (_, index): [string, unknown] => ["bash", { command: `echo ${index}` }]),
    ["read", at("x"), "error"],
  );
  expect(lastCalls).toEqual(["bash: echo 5", "bash: echo 6", "bash: echo 7", "bash: echo 8", "read: x"]);
});

test("an end that comes late puts no call behind those that began after it", () => {
  const deeds = new TurnDeeds("/project");
  const call = (id: string, status: string) => deeds.called(id, { tool: id, state: { status } });
  for (const id of ["a", "b", "c", "d", "e", "f"]) call(id, "running");
  call("a", "completed");
  expect(deeds.sum.lastCalls).toEqual(["b", "c", "d", "e", "f"]);
});

test("files beyond the thirtieth are counted", () => {
  const { changedFiles, moreChangedFiles } = after(
    ...Array.from({ length: 42 }, (_, index): [string, unknown] => ["write", at(`f${index}`)]),
  );
  expect([changedFiles.length, moreChangedFiles]).toEqual([30, 12]);
});

test("a folder that a link leads to has one name for each file", async () => {
  const folder = temporaryFolder();
  const [real, link] = [join(folder, "real"), join(folder, "link")];
  await mkdir(real);
  await symlink(real, link);
  const deeds = new TurnDeeds(link);
  for (const path of [join(real, "a.ts"), join(link, "a.ts"), "a.ts"]) {
    deeds.called(path, { tool: "write", state: { status: "completed", input: at(path) } });
  }
  expect(deeds.sum.changedFiles).toEqual(["a.ts"]);
});
