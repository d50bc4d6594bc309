import { expect } from "bun:test";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { until } from "../until.ts";

const ROOT = join(import.meta.dir, "../..");
/** What a person looks at after the tests. */
export const PICTURES = join(ROOT, "artefacts/canvas");
const AXE = join(ROOT, "node_modules/axe-core/axe.min.js");

/** Nothing is still being loaded or drawn. */
export async function drawn(page: Page): Promise<void> {
  const isDrawn =
    "document.querySelector('.markdown-plain') === null && ![...document.querySelectorAll('.hint')].some(({ textContent }) => textContent === 'Drawing…')";
  await until("all is drawn", async () => await page.evaluate<boolean>(isDrawn));
}

export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

/** Takes a picture, and looks for what would keep people out. */
export async function take(page: Page, name: string): Promise<void> {
  await picture(page, name);
  expect(await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth")).toBe(0);
  expect((await seriousFindings(page)).map((finding) => `${name}: ${finding}`)).toEqual([]);
}

/** What axe calls serious or worse. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(await Bun.file(AXE).text());
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}
