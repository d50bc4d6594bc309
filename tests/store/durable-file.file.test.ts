import { expect, test } from "bun:test";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSynchronousWriter, writeDurably } from "../../src/files/durable-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("a file is readable by its owner only, also where it was more open before", async () => {
  const path = join(temporaryFolder(), "a.json");
  writeFileSync(path, "old", { mode: 0o644 });
  await writeDurably(path, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("the synchronous writer does the same", async () => {
  const path = join(temporaryFolder(), "a.json");
  const writeNow = await loadSynchronousWriter();
  writeNow(path, "now");
  expect(readFileSync(path, "utf8")).toBe("now");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a reader never sees half a file, and nothing temporary is left", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "a.json");
  const texts = Array.from({ length: 40 }, (_, index) => String(index % 10).repeat(500_000));
  await writeDurably(path, texts[0]!);
  // Another process, so that it really reads in between.
  const code = `
    const { readFileSync } = require("node:fs");
    process.stdout.write("ready");
    for (let reads = 1; ; reads++) {
      const text = readFileSync(process.argv[1], "utf8");
      if (text === "end") process.exit(reads > 10 ? 0 : 2);
      if (text.length !== 500_000 || text !== text[0].repeat(500_000)) process.exit(1);
    }`;
  const reader = Bun.spawn([process.execPath, "-e", code, path], { stdio: ["ignore", "pipe", "inherit"] });
  await reader.stdout.getReader().read();
  for (const text of texts) await writeDurably(path, text);
  await writeDurably(path, "end");
  expect(await reader.exited).toBe(0);
  expect(readdirSync(folder)).toEqual(["a.json"]);
}, 30_000);

test("a folder that is not there is an error, not a silence", async () => {
  const path = join(temporaryFolder(), "gone", "a.json");
  expect(writeDurably(path, "x")).rejects.toThrow("ENOENT");
});
