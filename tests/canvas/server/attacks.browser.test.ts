import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext } from "playwright-core";
import { launchBrowser } from "../../../scripts/scripted-browser/launch-browser.ts";
import { startCanvasServer, type CanvasServer } from "../../../src/canvas/server/canvas-server.ts";
import { MemoryPlans } from "../memory-plans.ts";

let folder: string;
let browser: Browser;
let server: CanvasServer;
const plans = new MemoryPlans("one");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bizar-canvas-"));
  await mkdir(join(folder, "assets"));
  const inline = "<script>document.title = 'inline ran'</script><img src=x onerror=\"document.title = 'handler ran'\">";
  await writeFile(join(folder, "index.html"), `<!doctype html><title>the page</title><p>The plan</p>${inline}`);
  server = await startCanvasServer({ plans, assetsFolder: folder, report: () => undefined });
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser.close();
  server.close();
  await rm(folder, { recursive: true });
});

/** A browser that has the plan open; its other tabs are the attacker's. */
async function openPlan(): Promise<{ context: BrowserContext; root: string }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const link = new URL(server.link("one"));
  await page.goto(link.href);
  await page.getByRole("button", { name: "Open the plan" }).click();
  await page.getByText("The plan", { exact: true }).waitFor();
  return { context, root: `${link.origin}/${link.pathname.split("/")[1]}` };
}

/** Another site of this machine: of the same site as the browser counts it, but of another origin. */
function otherSite(html: string): { url: string; stop(): Promise<void> } {
  const site = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response(html, { headers: { "content-type": "text/html" } }),
  });
  return { url: `http://127.0.0.1:${site.port}/`, stop: () => site.stop(true) };
}

test("a link opens the plan, its secret is gone from the address, and no script can read the cookie", async () => {
  const { context } = await openPlan();
  const [page] = context.pages();
  const seen: unknown = await page?.evaluate("[document.cookie, location.search]");
  expect(seen).toEqual(["", ""]);
  expect((await context.cookies()).map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
    { httpOnly: true, sameSite: "Strict" },
  ]);
  await context.close();
});

test.each(["key", "file"] as const)("a real browser gets to the plan by a %s", async (way) => {
  // Only Linux tells whose process asks.
  if (way === "key" && process.platform !== "linux") return;
  const context = await browser.newContext();
  const page = await context.newPage();
  const address = await server.openerAddress("one", way);
  await page.goto(address);
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/plan\/one$/);
  expect(await page.textContent("p")).toBe("The plan");
  if (way === "file") expect(existsSync(fileURLToPath(address))).toBe(false);
  await context.close();
});

test("no inline script of the page runs", async () => {
  const { context } = await openPlan();
  expect(await context.pages()[0]?.title()).toBe("the page");
  await context.close();
});

test("another site cannot change the plan of a browser that has it open, read it or frame it", async () => {
  const { context, root } = await openPlan();
  const site = otherSite("<!doctype html><p>Harmless</p>");
  const page = await context.newPage();
  await page.goto(site.url);
  const read: unknown = await page.evaluate(`(${attack.toString()})(${JSON.stringify(root)})`);
  expect(read).toEqual([]);

  await page.setContent(`<form method="post" enctype="text/plain" action="${root}/api/plans/one/edits">
    <input name='{"operations":[{"op":"set_title","title":"taken over"}],"x":"' value='"}'></form>`);
  await Promise.all([page.waitForNavigation(), page.evaluate("document.forms[0].submit()")]);
  expect(await page.textContent("body")).toContain("Expected a request of the page itself.");

  await page.goto(site.url);
  await page.setContent(`<iframe src="${root}/plan/one"></iframe>`);
  await page.waitForLoadState("load");
  expect(await page.frames()[1]?.content()).not.toContain("The plan");

  expect(plans.edits).toEqual([]);
  expect(await plans.read("one")).toMatchObject({ value: { plan: { title: "one" }, meta: { status: "draft" } } });
  await context.close();
  await site.stop();
}, 30_000);

/** Runs in the attacker's page. @returns what it could read */
async function attack(target: string): Promise<string[]> {
  const body = JSON.stringify({ operations: [{ op: "set_title", title: "taken over" }] });
  const json = { "content-type": "application/json" };
  const tries: RequestInit[] = [
    { method: "POST", body, credentials: "include", mode: "no-cors" },
    { method: "POST", body, credentials: "include", headers: json },
    { credentials: "include" },
    { credentials: "include", mode: "no-cors" },
  ];
  const read: string[] = [];
  for (const path of ["/edits", "/decision", "", "/events"]) {
    for (const init of tries) {
      const answer = await fetch(`${target}/api/plans/one${path}`, init).catch(() => undefined);
      if (answer !== undefined && answer.type !== "opaque") read.push(await answer.text());
    }
  }
  return read;
}
