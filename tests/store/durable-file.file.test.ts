import { expect, spyOn, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeDurably, writeNow, writeQuickly } from "../../src/files/durable-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("a file is readable by its owner only, also where it was more open before", async () => {
  const path = join(temporaryFolder(), "a.json");
  writeFileSync(path, "old", { mode: 0o644 });
  await writeDurably(path, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("the synchronous writer does the same, in a folder that has gone too", () => {
  const path = join(temporaryFolder(), "gone", "a.json");
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

test("quick writes of one file come in their order, and one that fails stops none behind it", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "a.json");
  expect(writeQuickly(join(folder, "gone", "a.json"), "x")).rejects.toThrow("ENOENT");
  const texts = Array.from({ length: 30 }, (_, index) => String(index).repeat(100_000 - index * 3_000));
  await Promise.all(texts.map(async (text) => await writeQuickly(path, text)));
  expect(readFileSync(path, "utf8")).toBe(texts.at(-1)!);
  mkdirSync(join(folder, "gone"));
  await writeQuickly(join(folder, "gone", "a.json"), "y");
});

// Whoever listens for a signal as long as it writes takes it from the system, and has gone before it is told of it where
// the write is over meanwhile (Bun 1.3.14): Ctrl-C did nothing then.
test("nothing that is written listens for a signal", async () => {
  const path = join(temporaryFolder(), "a.json");
  const listens = [spyOn(process, "on"), spyOn(process, "once"), spyOn(process, "addListener")];
  await writeDurably(path, "one");
  await writeQuickly(path, "two");
  writeNow(path, "three");
  const names = listens.flatMap(({ mock }) => mock.calls.map(([name]) => String(name)));
  for (const spy of listens) spy.mockRestore();
  expect(names.filter((name) => name.startsWith("SIG"))).toEqual([]);
});

test("a signal ends a process that writes at that moment", async () => {
  const code = `
    import { writeNow } from ${JSON.stringify(join(import.meta.dir, "../../src/files/durable-file.ts"))};
    process.stdout.write("it writes");
    for (;;) {
      writeNow(${JSON.stringify(join(temporaryFolder(), "a.json"))}, "x".repeat(5_000_000));
      await new Promise(setImmediate);
    }`;
  const child = Bun.spawn([process.execPath, "-e", code], { stdio: ["ignore", "pipe", "inherit"], timeout: 15_000 });
  await child.stdout.getReader().read();
  child.kill("SIGINT");
  await child.exited;
  expect(child.signalCode).toBe("SIGINT");
}, 30_000);
