import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChangedFiles } from "../../src/ledger/changed-files.ts";
import { changesOfNamed } from "../../src/ledger/named-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const prompts: [string, string[]][] = [
  ["Fix the rounding in src/price.ts.", ["src/price.ts"]],
  ["Fix `src/price.ts`, then (README.md)!", ["src/price.ts", "README.md"]],
  ["Look at @src/price.ts:12 and ./src/price.ts", ["src/price.ts"]],
  ["Look at src/other.ts and at nothing.ts", []],
  ["It costs 3.50 e.g. in v1.2.3", []],
];
for (const [prompt, expected] of prompts) {
  test(`${JSON.stringify(prompt)} names the changed files ${expected.join(", ") || "none"}`, async () => {
    const project = temporaryFolder();
    const changes = new ChangedFiles(join(project, "state"));
    mkdirSync(join(project, "src"));
    for (const name of ["src/price.ts", "README.md", "src/other.ts"]) writeFileSync(join(project, name), "x");
    for (const name of ["src/price.ts", "README.md"]) {
      const version = { mtimeMs: 1, size: 1, digest: null };
      await changes.record({
        ...{ path: join(project, name), version, sessionId: "ses_a", instanceId: undefined, agent: "thor", at: 1 },
      });
    }
    const found = await changesOfNamed(prompt, project, changes);
    expect(found.map(({ path }) => path)).toEqual(expected.map((name) => join(project, name)));
  });
}
