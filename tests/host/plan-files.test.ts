import { describe, expect, test } from "bun:test";
import { refusePlanFiles } from "../../src/host/plans/plan-files.ts";

const edit = (tool: string, args: unknown) => () => refusePlanFiles(tool, args, "/work/app", "/work");
const patch = (line: string) => ({ patchText: `*** Begin Patch\n${line}\n@@\n-a\n+b\n*** End Patch` });

describe("an agent's edit of a plan's own files is refused", () => {
  test.each<[string, unknown]>([
    ["write", { filePath: "/work/plans/login/meta.json", content: "{}" }],
    ["edit", { filePath: "../plans/login/plan.json", oldString: "draft", newString: "approved" }],
    ["edit", { filePath: "/work/app/../plans/./login/meta.json" }],
    ["multiedit", { filePath: "/work/plans/login/meta.json" }],
    ["apply_patch", patch("*** Update File: ../plans/login/meta.json")],
    ["apply_patch", patch("*** Update File: a.ts\n*** Move to: /work/plans/login/plan.json")],
    ["patch", patch("*** Delete File: /work/plans/login/plan.json")],
  ])("by %s %j", (tool, args) => {
    expect(edit(tool, args)).toThrow(/bizar_plan_action/);
  });
});

describe("other files are the agent's to change", () => {
  test.each<[string, unknown]>([
    ["write", { filePath: "/work/plans/login/plan.md" }],
    ["write", { filePath: "plans/login/meta.json" }],
    ["write", { filePath: "/work/plans/meta.json" }],
    ["read", { filePath: "/work/plans/login/meta.json" }],
    ["apply_patch", patch("*** Update File: a.ts")],
    ["edit", {}],
    ["write", null],
  ])("%s %j", (tool, args) => {
    expect(edit(tool, args)).not.toThrow();
  });
});
