import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { namedFiles } from "../../src/ledger/named-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const FILES = ["src/price.ts", "README.md", "Makefile", "docs/Größe.md", "docs/my notes.txt", "app/[id]/page.tsx"];
const prompts: [string, string[]][] = [
  ["Fix the rounding in src/price.ts.", ["src/price.ts"]],
  ["Fix `src/price.ts`, then (README.md)!", ["src/price.ts", "README.md"]],
  ["Look at @src/price.ts:12 and ./src/price.ts", ["src/price.ts"]],
  ["Look at src/others.ts and at nothing.ts", []],
  ["Everything in src and docs/.", []],
  ["It costs 3.50 e.g. in v1.2.3", []],
  ["The Makefile (see docs/Größe.md) is wrong.", ["Makefile", "docs/Größe.md"]],
  ["Change 'docs/my notes.txt', \"README.md\"", ["docs/my notes.txt", "README.md"]],
  ["Look at app/[id]/page.tsx: it is slow", ["app/[id]/page.tsx"]],
  ["See [README.md](README.md).", ["README.md"]],
  ["Makefiles and price.ts, which lies elsewhere", []],
];
for (const [prompt, expected] of prompts) {
  test(`${JSON.stringify(prompt)} names the files ${expected.join(", ") || "none"}`, async () => {
    const project = temporaryFolder();
    for (const name of ["src", "docs", "app/[id]"]) mkdirSync(join(project, name), { recursive: true });
    for (const name of FILES) writeFileSync(join(project, name), "x");
    const found = await namedFiles(prompt, project);
    expect(found.toSorted()).toEqual(expected.map((name) => join(project, name)).toSorted());
  });
}
