import type { Page } from "playwright-core";
import type { Benchmark, OwnFigure } from "./benchmark.ts";
import { BareGraphPage } from "./bare-graph-page.ts";
import { dragAndUndo, dragFrames, type FrameRate } from "./drag-frames.ts";
import { CONNECTIONS, ELEMENTS } from "./large-plan.ts";
import { PlanPage } from "./plan-page.ts";
import { plainTextFrames, scrollFrames } from "./scroll-frames.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";

const ROUNDS = 5;
/** Edits and approvals of a round: they are short. */
const TIMES = 5;
const FIRST_PAINT_MS = 2000;
const LEAST_FPS = 30;
const LEAST_SCROLL_FPS = 50;
/** Of what a frame takes where the graph library alone draws as many plain nodes. */
const MOST_OF_BARE = 1.3;
/** Of what a frame takes where there is nothing but paragraphs. */
const MOST_OF_PLAIN = 1.3;
const EDIT_MS = 250;
const APPROVAL_MS = 200;

export const canvas: Benchmark = {
  name: "canvas",
  about: `a plan of ${ELEMENTS} elements and ${CONNECTIONS} connections in headless Chromium, with the tools' own code`,
  async run({ rounds = ROUNDS }) {
    const plan = await PlanPage.start();
    const graph = await BareGraphPage.start();
    const painted: number[] = [];
    const far: FrameRate[] = [];
    const bare: FrameRate[] = [];
    const near: FrameRate[] = [];
    const scrolls: FrameRate[] = [];
    const texts: FrameRate[] = [];
    const edits: number[] = [];
    const approvals: number[] = [];
    try {
      // The first start of a browser fills caches that every later one finds.
      await (await plan.open()).page.context().close();
      for (let round = 0; round < rounds; round++) {
        const { page, paintedMs } = await plan.open();
        painted.push(paintedMs);
        for (let time = 0; time < TIMES; time++) edits.push(await plan.agentEdit(page, 200 + time, `Round ${round}`));
        for (let time = 0; time < TIMES; time++) approvals.push(await plan.approve(page));
        far.push(await dragAndUndo(page, await middleElement(page)));
        // From the whole plan to where texts are shown.
        for (let press = 0; press < 8; press++) await page.keyboard.press("+");
        await page.locator(".card[data-level=full]").first().waitFor();
        near.push(await dragAndUndo(page, await middleElement(page)));
        await page.context().close();
        const plain = await graph.open(plan.browser);
        bare.push(await dragFrames(plain, await middleElement(plain)));
        await plain.context().close();
        const read = await plan.open("document");
        scrolls.push(await scrollFrames(read.page));
        await read.page.context().close();
        texts.push(await plainTextFrames(plan.browser));
      }
    } finally {
      await plan.dispose();
      await graph.dispose();
    }
    return [
      medianFigure("first paint of all elements", painted, "ms", FIRST_PAINT_MS),
      ...frameFigures("dragging, the whole plan in sight", far),
      ratioFigure("time of a frame to that of the bare graph library", medians(bare), medians(far), MOST_OF_BARE),
      ...frameFigures("dragging, near enough to read", near),
      ...frameFigures("scrolling the document", scrolls, LEAST_SCROLL_FPS),
      ratioFigure("time of a frame to that of plain paragraphs", medians(texts), medians(scrolls), MOST_OF_PLAIN),
      medianFigure("an agent's edit until it is on the page", edits, "ms", EDIT_MS),
      medianFigure("click on approve until the wait answers", approvals, "ms", APPROVAL_MS),
    ];
  },
};

/** The id of the element nearest to the middle of the window. */
async function middleElement(page: Page): Promise<string> {
  const boxes = await page.evaluate<{ id: string; distance: number }[]>(`
    [...document.querySelectorAll(".react-flow__node")].map((node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return { id: node.dataset.id, distance: Math.hypot(x + width / 2 - innerWidth / 2, y + height / 2 - innerHeight / 2) };
    })`);
  const [nearest] = boxes.toSorted((one, other) => one.distance - other.distance);
  if (nearest === undefined) throw new Error("There is no element on the page.");
  return nearest.id;
}

function medians(rates: readonly FrameRate[]): number[] {
  return rates.map(({ median }) => median);
}

function frameFigures(what: string, rates: readonly FrameRate[], atLeast = LEAST_FPS): OwnFigure[] {
  const worsts = rates.map(({ worst }) => worst);
  return [
    { ...medianFigure(`${what}: the median second`, medians(rates), "fps"), atLeast },
    { ...medianFigure(`${what}: the worst second`, worsts, "fps"), atLeast },
  ];
}
