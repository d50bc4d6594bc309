import { expect, onTestFinished } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export interface Watched {
  readonly page: Page;
  /** What its console said that is worth a look, so far. */
  readonly complaints: readonly string[];
}

export interface WatchedOptions extends BrowserContextOptions {
  /** What the person of that browser chose to look at before; null: nothing. */
  readonly view?: "canvas" | "document" | null;
}

/** Opens a plan in a browser of its own, which must have nothing to complain of at the end of the test. */
export async function openWatched(
  browser: Browser,
  url: URL | string,
  { view = "canvas", ...options }: WatchedOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  // Of a browser whose person has chosen; the tests of the document choose the other, or nothing.
  if (view !== null)
    // A frame in a sandbox, and a page that is none, have no storage.
    await context.addInitScript(
      `try { localStorage.getItem("bizar:view") ?? localStorage.setItem("bizar:view", "${view}") } catch {}`,
    );
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    // The browser's own word on an answer of 409, or on a connection that a test has cut.
    const isNetwork = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isNetwork) complaints.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(url.toString());
  if (url.toString().includes("?secret=")) await page.getByRole("button", { name: "Open the plan" }).click();
  if (url !== "about:blank") {
    await page.locator(".card, .empty-plan").first().waitFor();
    if ((await page.getByTestId("document").count()) === 0) await untilStill(page);
  }
  return { page, complaints };
}

/** Settles when the whole plan is in sight and the view has not moved for a while: from then on places on the screen hold. */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    let seen = "";
    let since = performance.now();
    const look = () => {
      // Nothing is fitted into the window.
      if (document.querySelector(".empty-plan") !== null) return resolve();
      const now = document.querySelector(".react-flow__viewport")?.style.transform ?? "";
      // The page begins where nothing is moved, and then fits the plan into the window.
      if (now !== seen || now === "" || now === "translate(0px, 0px) scale(1)") since = performance.now();
      seen = now;
      if (performance.now() - since > 300) resolve();
      else requestAnimationFrame(look);
    };
    look();
  })`);
}
