import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { refusePlanFiles } from "../../src/host/plans/plan-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A project with a plan, links to it, and another folder in which a session works; `ROOT` in a call is its place. */
function attempt(tool: string, args: unknown): () => void {
  const root = temporaryFolder();
  for (const folder of ["plans/login", "app", "state/decisions/p"]) mkdirSync(`${root}/${folder}`, { recursive: true });
  for (const name of ["plan.json", "meta.json"]) writeFileSync(`${root}/plans/login/${name}`, "{}");
  writeFileSync(`${root}/state/decisions/key`, "00");
  symlinkSync("plans", `${root}/docs`);
  symlinkSync("../plans/login/meta.json", `${root}/app/notes.json`);
  symlinkSync("docs/login", `${root}/login`);
  symlinkSync("plans/later/meta.json", `${root}/later.json`);
  symlinkSync(root, `${root}/app/self`);
  symlinkSync("loop", `${root}/loop`);
  symlinkSync("state", `${root}/cache`);
  const folders = { directory: `${root}/app`, worktree: root, stateDir: `${root}/state` };
  return () => refusePlanFiles(tool, JSON.parse(JSON.stringify(args).replaceAll("ROOT", root)), folders);
}

const patch = (line: string) => ({ patchText: `*** Begin Patch\n${line}\n@@\n-a\n+b\n*** End Patch` });

describe("an agent's edit of a plan's own files is refused", () => {
  test.each<[string, unknown]>([
    ["write", { filePath: "ROOT/plans/login/meta.json", content: "{}" }],
    ["edit", { filePath: "../plans/login/plan.json", oldString: "draft", newString: "approved" }],
    ["edit", { filePath: "ROOT/app/../plans/./login/meta.json" }],
    ["multiedit", { filePath: "ROOT/plans/login/meta.json" }],
    ["apply_patch", patch("*** Update File: ../plans/login/meta.json")],
    ["apply_patch", patch("*** Update File:../plans/login/meta.json")],
    ["apply_patch", patch("*** Update File:\u2028../plans/login/meta.json\u2028")],
    ["apply_patch", patch("*** Update File: a.ts\n*** Move to: ROOT/plans/login/plan.json")],
    ["patch", patch("*** Delete File: ROOT/plans/login/plan.json")],
  ])("by %s %j", (tool, args) => expect(attempt(tool, args)).toThrow(/bizar_plan_action/));

  test.each([
    "ROOT/docs/login/meta.json",
    "../docs/login/plan.json",
    "notes.json",
    "ROOT/login/meta.json",
    "self/app/self/docs/login/meta.json",
    "ROOT/later.json",
    "ROOT/docs/not-yet/meta.json",
    "ROOT/Plans/login/META.JSON",
    "ROOT/PLANS/Login/Plan.json",
    "ROOT/plan\u017f/login/meta.json",
  ])("by way of %s", (filePath) => expect(attempt("edit", { filePath })).toThrow(/bizar_plan_action/));

  test.if(process.platform === "linux")("by way of /proc/self/cwd", () => {
    const root = temporaryFolder();
    mkdirSync(`${root}/plans/login`, { recursive: true });
    const here = process.cwd();
    process.chdir(root);
    try {
      const folders = { directory: root, worktree: root, stateDir: `${root}/state` };
      const args = { filePath: "/proc/self/cwd/plans/login/meta.json" };
      expect(() => refusePlanFiles("write", args, folders)).toThrow(/bizar_plan_action/);
    } finally {
      process.chdir(here);
    }
  });
});

describe("the ledger of decisions is neither written nor read", () => {
  test.each<[string, unknown]>([
    ["write", { filePath: "ROOT/state/decisions/p/login.json" }],
    ["edit", { filePath: "ROOT/cache/decisions/key" }],
    ["write", { filePath: "../state/decisions" }],
    ["apply_patch", patch("*** Add File:../cache/decisions/p/other.json")],
    ["read", { filePath: "ROOT/state/decisions/key" }],
    ["read", { filePath: "self/cache/Decisions/key" }],
  ])("by %s %j", (tool, args) => expect(attempt(tool, args)).toThrow(/Only the user decides/));
});

describe("other files are the agent's to change", () => {
  test.each<[string, unknown]>([
    ["write", { filePath: "ROOT/plans/login/plan.md" }],
    ["write", { filePath: "plans/login/meta.json" }],
    ["write", { filePath: "ROOT/plans/meta.json" }],
    ["write", { filePath: "ROOT/docs/meta.json" }],
    ["write", { filePath: "ROOT/loop" }],
    ["write", { filePath: "ROOT/state/decisions-of-mine.md" }],
    ["read", { filePath: "ROOT/plans/login/meta.json" }],
    ["apply_patch", patch("*** Update File: a.ts")],
    ["edit", {}],
    ["write", null],
  ])("%s %j", (tool, args) => expect(attempt(tool, args)).not.toThrow());
});
