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

/** The boxes of all that a selector finds, and of all that another one does, of which some lie over each other. */
export async function overlaps(page: Page, some: string, others: string): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`(() => {
    const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    const name = (one) => one.dataset.testid ?? one.className;
    return seen(${JSON.stringify(some)}).flatMap((one) => seen(${JSON.stringify(others)}).flatMap((other) => {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      const isApart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
      return isApart ? [] : [name(one) + " and " + name(other)];
    }));
  })()`);
}

/** The contrast of letters with what is painted behind them, as WCAG reckons it; 0 where something makes them paler. */
export async function contrastOf(page: Page, selector: string): Promise<number> {
  return await page.evaluate<number>(`(() => {
    const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const [letters] = document.querySelectorAll(${JSON.stringify(selector)});
    const above = [];
    for (let one = letters; one; one = one.parentElement) above.push(one);
    if (above.some((one) => getComputedStyle(one).opacity !== "1")) return 0;
    const lightness = (colours) => {
      for (const colour of colours) { pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1); }
      const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = above.map((one) => getComputedStyle(one).backgroundColor).reverse();
    const both = [lightness(behind), lightness([...behind, getComputedStyle(letters).color])].sort((a, b) => b - a);
    return (both[0] + 0.05) / (both[1] + 0.05);
  })()`);
}

/** The words in what a selector finds that go on in the next line. */
export async function brokenWords(page: Page, selector: string): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`[...document.querySelectorAll(${JSON.stringify(selector)})].flatMap((cell) => {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const broken = [];
    for (let node = walk.nextNode(); node; node = walk.nextNode())
      for (const { 0: word, index } of node.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
        const range = new Range();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word);
      }
    return broken;
  })`);
}

/** The lines that pass under a card of the canvas that they do not belong to, each with those cards. */
export async function linesUnderCards(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`(() => {
    const cards = [...document.querySelectorAll(".react-flow__node")].map((one) => one.getBoundingClientRect());
    return [...document.querySelectorAll(".react-flow__edge")].flatMap((edge) => {
      const line = edge.querySelector(".react-flow__edge-path");
      const [length, toScreen] = [line.getTotalLength(), line.getScreenCTM()];
      const points = Array.from({ length: 201 }, (_, step) => line.getPointAtLength((length * step) / 200).matrixTransform(toScreen));
      const isUnder = cards.some(({ left, right, top, bottom }) =>
        points.some(({ x, y }) => x > left + 1 && x < right - 1 && y > top + 1 && y < bottom - 1));
      return isUnder ? [edge.getAttribute("aria-label")] : [];
    });
  })()`);
}
