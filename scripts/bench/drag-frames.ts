import type { Page } from "playwright-core";
import { median } from "./statistics.ts";

const DRAG_MS = 4000;
const MOVE_EVERY_MS = 8;
const PATIENCE_MS = 5000;

export interface FrameRate {
  /** Frames in the median second. */
  readonly median: number;
  /** Frames in the second with the fewest. */
  readonly worst: number;
}

/** As {@link dragFrames}, and takes it back. */
export async function dragAndUndo(page: Page, id: string): Promise<FrameRate> {
  const before = await middleOf(page, id);
  const rate = await dragFrames(page, id);
  await page.keyboard.press("Control+z");
  await comesTo(page, id, before);
  return rate;
}

/**
 * Drags an element in circles. A frame counts where the element has moved in it.
 *
 * @throws Error where it does not follow
 */
export async function dragFrames(page: Page, id: string): Promise<FrameRate> {
  const { x, y } = await middleOf(page, id);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 10, y + 10);
  await page.evaluate(`followFrames(${JSON.stringify(id)})`);
  // As a mouse does: it moves on, whether or not the page has kept up.
  const moves: Promise<void>[] = [];
  const start = performance.now();
  for (let ms = 0; ms < DRAG_MS; ms = performance.now() - start) {
    const angle = (ms / 1000) * Math.PI;
    moves.push(page.mouse.move(x + Math.sin(angle) * 120, y + (1 - Math.cos(angle)) * 60));
    await Bun.sleep(MOVE_EVERY_MS);
  }
  await Promise.all(moves);
  await page.mouse.move(x + 150, y + 90);
  const frames = await page.evaluate<number[]>("frames");
  await page.mouse.up();
  await comesTo(page, id, { x: x + 150, y: y + 90 });
  return rateOf(frames);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

async function middleOf(page: Page, id: string): Promise<Point> {
  const node = page.locator(`.react-flow__node[data-id="${id}"]`);
  // Near enough to read, its words are marked, and its head moves it.
  const head = node.locator(".card[data-level=full] .card-title");
  const box = await ((await head.count()) > 0 ? head : node).boundingBox();
  if (box === null) throw new Error(`There is no element ${id} on the page.`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function comesTo(page: Page, id: string, place: Point): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (let now = await middleOf(page, id); ; now = await middleOf(page, id)) {
    if (Math.hypot(now.x - place.x, now.y - place.y) < 20) return;
    if (performance.now() > end)
      throw new Error(`The element is at ${JSON.stringify(now)}, not ${JSON.stringify(place)}.`);
    await Bun.sleep(20);
  }
}

/** @param frames when each was, in milliseconds */
export function rateOf(frames: readonly number[]): FrameRate {
  const [first = 0] = frames;
  const seconds = Array.from({ length: Math.floor(DRAG_MS / 1000) }, (_, second) => {
    const start = first + second * 1000;
    return frames.filter((at) => at >= start && at < start + 1000).length;
  });
  return { median: median(seconds), worst: Math.min(...seconds) };
}
