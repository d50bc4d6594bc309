import type { Browser, Page } from "playwright-core";
import { rateOf, type FrameRate } from "./drag-frames.ts";

const SCROLL_MS = 4000;
const STEP_PX = 45;
/** As a mouse tells its wheel: at 16 the clock of the driver, not the page, would set the rate. */
const STEP_EVERY_MS = 8;

const PARAGRAPHS = 3000;
const PARAGRAPH = "<p>Some words of a line that nobody reads, but that are drawn.</p>";

/** Scrolls plain paragraphs in the same way: what drawing text costs on this machine. */
export async function plainTextFrames(browser: Browser): Promise<FrameRate> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const text = PARAGRAPH.repeat(PARAGRAPHS);
    await page.setContent(`<div class="document" style="height: 95vh; overflow: auto; background: #fff">${text}</div>`);
    return await scrollFrames(page);
  } finally {
    await context.close();
  }
}

/** Scrolls the document with the wheel. A frame counts where it has moved in it. */
export async function scrollFrames(page: Page): Promise<FrameRate> {
  await page.mouse.move(700, 500);
  await page.evaluate(`(() => {
    const frames = globalThis.frames = [];
    const scrolled = document.querySelector(".document");
    let before = scrolled.scrollTop;
    const frame = (at) => {
      if (scrolled.scrollTop !== before) frames.push(at);
      before = scrolled.scrollTop;
      if (frames === globalThis.frames) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })()`);
  // As a hand does: it turns on, whether or not the page has kept up.
  const turns: Promise<void>[] = [];
  const start = performance.now();
  while (performance.now() - start < SCROLL_MS) {
    turns.push(page.mouse.wheel(0, STEP_PX));
    await Bun.sleep(STEP_EVERY_MS);
  }
  await Promise.all(turns);
  return rateOf(await page.evaluate<number[]>("frames"));
}
