import { expect, test } from "bun:test";
import { changedPaths } from "../../src/opencode/changed-paths.ts";

const cases: [string, string, object, string[]][] = [
  ["a write", "write", { filePath: "a.ts", content: "*** Update File: b.ts" }, ["a.ts"]],
  ["an edit", "edit", { filePath: "/project/a.ts", oldString: "1", newString: "2" }, ["/project/a.ts"]],
  ["a read", "read", { filePath: "a.ts" }, []],
  ["a write without a path", "write", { content: "x" }, []],
  [
    "a patch",
    "apply_patch",
    { patchText: "*** Begin Patch\n*** Update File: a.ts\n@@\n-1\n+2\n*** End Patch" },
    ["a.ts"],
  ],
  [
    "no blank behind the colon",
    "apply_patch",
    { patchText: "*** Update File:plans/x/meta.json\n@@" },
    ["plans/x/meta.json"],
  ],
  [
    "lines of Windows",
    "apply_patch",
    { patchText: "*** Delete File: a.ts\r\n*** Add File: b.ts\r\n+x" },
    ["a.ts", "b.ts"],
  ],
  ["a separator of lines at the end", "apply_patch", { patchText: "*** Update File: a.ts\u2028\n" }, ["a.ts"]],
  ["a separator of lines within", "apply_patch", { patchText: "*** Update File: a\u2028b.ts\n" }, ["a\u2028b.ts"]],
  ["a move", "apply_patch", { patchText: "*** Update File: a.ts\n*** Move to:b.ts\n" }, ["a.ts", "b.ts"]],
  ["a header in a line that is added", "apply_patch", { patchText: "*** Add File: a\n+*** Add File: b\n" }, ["a"]],
  ["the older name of the tool", "patch", { patchText: "*** Add File: a" }, ["a"]],
];
for (const [what, tool, args, paths] of cases) {
  test(`${what}: the files that it changes`, () => {
    expect(changedPaths(tool, args)).toEqual(paths);
  });
}
