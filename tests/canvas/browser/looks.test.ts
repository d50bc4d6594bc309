import { expect, test } from "bun:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { TEMPLATES } from "../../../src/plans/templates/templates.ts";
import { LARGE, LARGE_CONNECTIONS } from "./large-plan.ts";
import { REALISTIC } from "./realistic-plan.ts";
import { brokenWords, drawn, linesUnderCards, take } from "../seen-page.ts";
import { openPage, setStage, stageElements, stagePlan, type StagedPlan } from "../stage.ts";

setStage();

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  tablet: { colorScheme: "light", viewport: { width: 820, height: 1180 }, hasTouch: true },
  phone: { colorScheme: "light", ...PHONE },
};
/** The lines that the header may take. */
const HEADER_LINES: Readonly<Record<string, number>> = { light: 1, dark: 1, tablet: 2, phone: 3 };

test.each(Object.keys(LOOKS))(
  "in %s every type of element is shown, in light every template, with no serious finding and nothing wider than the page",
  async (look) => {
    // What they are made of is in the realistic plan, which is looked at in every way.
    for (const template of look === "light" ? TEMPLATES.keys() : []) {
      const page = await open(await stagePlan(template, `A ${template}`), look);
      await take(page, `${template}-${look}`);
      expect({ template, cut: await cutContents(page) }).toEqual({ template, cut: [] });
      await page.close();
    }
    const plan = await stageElements(...REALISTIC);
    await plan.review();
    const page = await open(plan, look);
    await take(page, `realistic-${look}`);
    expect(await headerOf(page)).toEqual({ lines: HEADER_LINES[look] ?? 0, cut: [] });
    await seeDialogs(page, look);
  },
  120_000,
);

test("at full size texts, code, tables and diagrams are whole", async () => {
  for (const look of ["light", "dark"]) {
    const plan = await stageElements(...REALISTIC);
    const page = await open(plan, look, { viewport: { width: 1840, height: 1000 } });
    await take(page, `full-size-${look}`);
    expect(await cutContents(page)).toEqual([]);
  }
}, 60_000);

test("a plan that the tool has placed is seen whole: no line under a card that it does not belong to, no word broken", async () => {
  const plan = await stageElements(...LARGE);
  const page = await open(plan, "light", { viewport: { width: 1440, height: 900 } });
  await take(page, "placed-by-the-tool");
  expect(await page.locator(".react-flow__edge").count()).toBe(LARGE_CONNECTIONS.length);
  expect(await linesUnderCards(page)).toEqual([]);
  expect(await brokenWords(page, ".card-title")).toEqual([]);
}, 60_000);

const NAMES =
  "transactions authentication authorization internationalization configuration implementation documentation";

test("a table wider than any card says that it goes on, and is whole where it is large; an address ends lines behind its signs", async () => {
  const cells = `${NAMES} specification transformation`.split(" ").map((word) => `${word} |`);
  const address = `https://example.org/${NAMES.replaceAll(" ", "/")}?all=true`;
  const add = (id: string, content: string) =>
    ({ op: "add_element", element: { id, type: "text", title: NAMES.replaceAll(" ", "/"), content } }) as const;
  const plan = await stageElements(
    add("el_wide", `| ${cells.join(" ")}\n|${" - |".repeat(cells.length)}\n| ${cells.join(" ")}`),
    add("el_address", `| where | what |\n| - | - |\n| ${address} | a word |`),
  );
  const page = await open(plan, "light", { viewport: { width: 1840, height: 1000 } });
  await take(page, "long-words");
  expect(await brokenWords(page, ".card-title, td, th")).toEqual([]);
  expect(await cutContents(page)).toEqual(["el_wide"]);
  await page.getByTestId("more-lines").getByText("More to the right").click();
  await page.getByTestId("large").getByRole("table").waitFor();
  expect(await brokenWords(page, ".large-card :is(td, th)")).toEqual([]);
}, 60_000);

test("a person who wants no motion sees the same diagrams", async () => {
  const plan = await stagePlan("bug-investigation");
  const drawings: (string | null)[] = [];
  for (const reducedMotion of ["reduce", "no-preference"] as const) {
    const { page } = await openPage(plan.link(), { reducedMotion });
    drawings.push(await page.locator("img.diagram").getAttribute("src"));
  }
  expect(drawings[0]).toStartWith("data:image/svg+xml");
  expect(drawings[0] === drawings[1]).toBe(true);
}, 60_000);

/** In how many lines what is in the header stands, and what of it is cut. */
async function headerOf(page: Page): Promise<{ readonly lines: number; readonly cut: readonly string[] }> {
  return await page.evaluate(`(() => {
    const parts = [...document.querySelectorAll(".plan-title, .progress, .header .status, .review-state, .header-tools, .decisions")]
      .filter((part) => part.checkVisibility()).map((part) => part.getBoundingClientRect()).sort((one, other) => one.top - other.top);
    let [lines, below] = [0, -1];
    for (const { top, bottom } of parts) {
      if (top >= below) lines += 1;
      below = Math.max(below, bottom);
    }
    const cut = [...document.querySelectorAll(".plan-title input, .review-state span")]
      .filter((text) => text.scrollWidth > text.clientWidth + 1 && text.clientWidth > 0).map((text) => text.textContent || text.value);
    return { lines, cut };
  })()`);
}

/** The elements of which a part is out of sight. */
async function cutContents(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`
    [...document.querySelectorAll(".card-body")]
      .filter(({ scrollHeight, clientHeight, scrollWidth, clientWidth }) => scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1)
      .map((body) => body.closest(".react-flow__node").dataset.id)`);
}

async function open(plan: StagedPlan, look: string, options: BrowserContextOptions = {}): Promise<Page> {
  const { page } = await openPage(plan.link(), { reducedMotion: "reduce", ...LOOKS[look], ...options });
  await drawn(page);
  return page;
}

/** Panels and dialogs, each looked at while it is open. */
async function seeDialogs(page: Page, look: string): Promise<void> {
  await page.getByTestId("comments-toggle").click();
  await page.getByTestId("comment-c_1").locator(".thread-place").click();
  await page.getByTestId("reply-input").waitFor();
  await take(page, `comments-${look}`);
  await page.getByRole("button", { name: "Close the comments" }).click();
  await page.getByTestId("request-changes").click();
  await page.getByTestId("decision-note").fill("Please say what happens to open sessions.");
  await take(page, `decide-${look}`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await take(page, `keys-${look}`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.getByRole("dialog").waitFor();
  await take(page, `find-${look}`);
  await page.keyboard.press("Escape");
}
