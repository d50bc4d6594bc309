import { expect, onTestFinished, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCanvas, type Canvas, type CanvasParts } from "../../../src/canvas/canvas.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { until } from "../../until.ts";
import { click, followLink } from "../follow-link.ts";
import { MemoryPlans } from "../memory-plans.ts";

const ROOT = join(import.meta.dir, "../../..");

/** A built page, and a browser that only writes down what it was asked to show. */
function prepare() {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  const [browser, shown] = [join(folder, "browser.sh"), join(folder, "shown.txt")];
  writeFileSync(browser, `#!/bin/sh\necho noise; echo noise >&2\necho "$1" >> ${shown}\n`);
  chmodSync(browser, 0o755);
  const addresses = () => (existsSync(shown) ? readFileSync(shown, "utf8").split("\n").slice(0, -1) : []);
  return { folder, browser, addresses };
}

function create(parts: Partial<CanvasParts> = {}): Canvas {
  const plans = new MemoryPlans("one", "two");
  const canvas = createCanvas({ plans, openBrowser: "auto", environment: {}, report: () => undefined, ...parts });
  onTestFinished(() => canvas.close());
  return canvas;
}

/** Opens the link and follows the plan; settles when the page has it. */
async function look(url: string): Promise<{ leave(): void }> {
  const { root, cookie } = await followLink(url);
  const page = new AbortController();
  const events = `${root}/api/plans/one/events`;
  const stream = await fetch(events, { headers: { cookie }, signal: page.signal });
  await stream.body?.getReader().read();
  return { leave: () => page.abort() };
}

test("a plan is opened in the browser that there is; the secret of the link that is told is in no process's arguments", async () => {
  const { folder, browser, addresses } = prepare();
  const canvas = create({ assetsFolder: folder, environment: { BROWSER: browser }, platform: "linux" });
  const opened = await canvas.open("one");
  expect(opened).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/plan\/one\?secret=[\w-]{43}$/),
    openedBrowser: true,
  });
  await until("the browser shows it", () => addresses().length > 0);
  const { origin, pathname, searchParams } = new URL(opened.url);
  const [address = ""] = addresses();
  expect(address).toMatch(new RegExp(`^${origin}${pathname}\\?key=[\\w-]{43}$`));
  expect(address).not.toContain(searchParams.get("secret") ?? "");
  // Only Linux tells whose process asks.
  expect((await fetch(address)).status).toBe(process.platform === "linux" ? 200 : 403);
  expect((await click(opened.url)).status).toBe(200);
});

test("where the system does not tell whose process asks, the browser is given a file that is gone once it was used", async () => {
  const { folder, browser, addresses } = prepare();
  const canvas = create({ assetsFolder: folder, environment: { BROWSER: browser }, platform: "darwin" });
  const { url } = await canvas.open("one");
  await until("the browser shows it", () => addresses().length > 0);
  const path = fileURLToPath(addresses()[0] ?? "");
  const [link = ""] = /http:[^"]+/.exec(readFileSync(path, "utf8")) ?? [];
  expect(link).not.toBe(url);
  expect(link).toContain("?ticket=");
  expect((await fetch(link)).headers.has("set-cookie")).toBe(true);
  expect([existsSync(path), existsSync(dirname(path))]).toEqual([false, false]);
  expect((await click(url)).status).toBe(200);
});

test("closing removes a file that no browser has used", async () => {
  const { folder, browser, addresses } = prepare();
  const canvas = create({ assetsFolder: folder, environment: { BROWSER: browser }, platform: "darwin" });
  await canvas.open("one");
  await until("the browser shows it", () => addresses().length > 0);
  canvas.close();
  expect(existsSync(dirname(fileURLToPath(addresses()[0] ?? "")))).toBe(false);
});

test("while a browser is about to show a plan it is asked for no second page; for another plan, or later, it is", async () => {
  const { folder, browser, addresses } = prepare();
  let now = 0;
  const canvas = create({ assetsFolder: folder, environment: { BROWSER: browser }, now: () => now });
  const both = await Promise.all([canvas.open("one"), canvas.open("one")]);
  expect(both.map(({ openedBrowser, why }) => [openedBrowser, why])).toEqual([
    [true, undefined],
    [false, "It was opened in a browser a moment ago."],
  ]);
  expect(await canvas.open("two")).toMatchObject({ openedBrowser: true });
  now = 9_999;
  expect(await canvas.open("one")).toMatchObject({ openedBrowser: false });
  now = 10_000;
  expect(await canvas.open("one")).toMatchObject({ openedBrowser: true });
  await until("the browser shows all", () => addresses().length >= 3);
  expect(addresses()).toHaveLength(3);
});

test("a browser that could not be started is tried again at once", async () => {
  const { folder } = prepare();
  const canvas = create({ assetsFolder: folder, environment: { BROWSER: join(folder, "not-there") } });
  for (let count = 0; count < 2; count += 1) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
    expect(await canvas.open("one")).toMatchObject({ why: expect.stringContaining("could not be started") });
  }
});

test("what the browser prints does not get onto the host's screen", async () => {
  const { folder, browser, addresses } = prepare();
  const environment = { ...process.env, BROWSER: browser, CI: "" };
  const command = [process.execPath, join(ROOT, "tests/fixtures/opens-a-plan.ts"), folder];
  const child = Bun.spawn(command, { env: environment, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(JSON.parse(stdout) as unknown).toMatchObject({ openedBrowser: true });
  expect(stderr).toBe("");
  await until("the browser shows it", () => addresses().length > 0);
});

test("a plan that a page shows is not opened a second time; another plan, or the same one later, is", async () => {
  const { folder, browser } = prepare();
  const plans = new MemoryPlans("one", "two");
  const canvas = create({ plans, assetsFolder: folder, environment: { BROWSER: browser } });
  const page = await look((await canvas.open("one")).url);
  expect(await canvas.open("one")).toMatchObject({ openedBrowser: false, why: expect.stringContaining("already") });
  expect(await canvas.open("two")).toMatchObject({ openedBrowser: true });
  page.leave();
  await until("the page is gone", () => plans.watchers("one") === 0);
  expect(await canvas.open("one")).toMatchObject({ openedBrowser: true });
});

test("each opening gives a link of its own, at one server", async () => {
  const { folder } = prepare();
  const canvas = create({ assetsFolder: folder, openBrowser: "never" });
  const opened = await Promise.all([canvas.open("one"), canvas.open("one"), canvas.open("two")]);
  expect(new Set(opened.map(({ url }) => url)).size).toBe(3);
  expect(new Set(opened.map(({ url }) => new URL(url).origin)).size).toBe(1);
});

test("where the user wants no browser opened the link is all that there is", async () => {
  const { folder, browser, addresses } = prepare();
  const canvas = create({ assetsFolder: folder, openBrowser: "never", environment: { BROWSER: browser } });
  expect(await canvas.open("one")).toMatchObject({
    openedBrowser: false,
    why: expect.stringContaining("planOpenBrowser"),
  });
  expect(addresses()).toEqual([]);
});

test("a browser that cannot be started does not keep the link from the user", async () => {
  const { folder } = prepare();
  const canvas = create({ assetsFolder: folder, environment: { BROWSER: join(folder, "not-there") } });
  const { url, openedBrowser, why } = await canvas.open("one");
  expect([openedBrowser, (await click(url)).status]).toEqual([false, 200]);
  expect(why).toStartWith("The browser could not be started");
});

test("closing ends the server at once, for good", async () => {
  const { folder } = prepare();
  const canvas = create({ assetsFolder: folder });
  const { origin } = new URL((await canvas.open("one")).url);
  canvas.close();
  expect(fetch(origin)).rejects.toThrow();
  expect(canvas.open("one")).rejects.toThrow("closed");
});

test("closing while the server starts leaves none behind", async () => {
  const { folder } = prepare();
  const command = [process.execPath, join(ROOT, "tests/fixtures/opens-a-plan.ts"), folder, "early"];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "ignore", timeout: 10_000 });
  expect([await child.stdout.text(), await child.exited]).toEqual([expect.stringContaining("closed"), 0]);
});

test("a page that is not built, or a slug that is none, is an error; the next opening tries again", async () => {
  const { folder } = prepare();
  const canvas = create({ assetsFolder: join(folder, "later") });
  expect(canvas.open("../one")).rejects.toThrow("slug");
  expect(canvas.open("one")).rejects.toThrow("not built");
  mkdirSync(join(folder, "later/assets"), { recursive: true });
  writeFileSync(join(folder, "later/index.html"), "");
  expect(await canvas.open("one")).toMatchObject({ openedBrowser: false });
});

test("nothing of the server is loaded before the first use: opencode waits for the plugin at its start", () => {
  const loaded = staticImports(join(ROOT, "src/canvas/canvas.ts"));
  expect([...loaded].filter((path) => !path.startsWith("node:")).map((path) => path.replace(`${ROOT}/`, ""))).toEqual([
    "src/lib/describe-error.ts",
    "src/lib/lazy.ts",
    "src/plans/plan.ts",
    "src/supervisor/instance.ts",
    "src/supervisor/deeds.ts",
    "src/canvas/open-browser.ts",
  ]);
});

/** All that is loaded together with a file. */
function staticImports(path: string, seen = new Set<string>()): Set<string> {
  const imports = new Bun.Transpiler({ loader: "ts" }).scanImports(readFileSync(path, "utf8"));
  for (const { kind, path: name } of imports) {
    const target = name.startsWith(".") ? join(dirname(path), name) : name;
    if (kind !== "import-statement" || seen.has(target)) continue;
    seen.add(target);
    if (name.startsWith(".")) staticImports(target, seen);
  }
  return seen;
}
