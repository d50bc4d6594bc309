import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../../until.ts";
import { overlaps, picture, take } from "../seen-page.ts";
import { openPage, setStage, stageElements } from "../stage.ts";

setStage();

const add = (id: string, type: string, title: string, more: object = {}) =>
  ({ op: "add_element", element: { id, type, title, content: "Words.", ...more } }) as const;

const TITLED = [
  { op: "set_title", title: "Move `send_digest`" },
  add("el_1", "task", "Move `send_digest` **now**", { section: "Phase `one`" }),
  add("el_2", "question", "Which `queue`?", { section: "Phase `one`" }),
  add("el_3", "diagram", "How `it` _flows_", { content: "flowchart LR\n  A --> B" }),
  { op: "add_connection", connection: { id: "conn_1", from: "el_1", to: "el_2" } },
  { op: "add_comment", comment: { id: "c_1", elementId: "el_1", text: "Why?" } },
] as const;

/** Marks of Markdown in what is shown and said, but for the field in which the title of the plan is written. */
async function marksIn(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`[
    document.title, document.body.innerText,
    ...[...document.querySelectorAll("[aria-label], [title], [alt]")].flatMap((one) =>
      ["aria-label", "title", "alt"].map((name) => one.getAttribute(name) ?? "")),
  ].filter((text) => /[\`*]|_flows_/.test(text))`);
}

test("the code, bold and emphasis of titles are shown as such wherever they stand, and said without their marks", async () => {
  const plan = await stageElements(...TITLED);
  const { page } = await openPage(plan.link(), { viewport: { width: 1440, height: 900 } });
  const seen = async (what: string) => expect({ what, marks: await marksIn(page) }).toEqual({ what, marks: [] });
  await page.getByTestId("element-el_1").locator(".card-title code", { hasText: "send_digest" }).waitFor();
  await page.getByTestId("element-el_1").locator(".card-title strong", { hasText: "now" }).waitFor();
  await page.getByTestId("section-Phase `one`").locator("code").waitFor();
  await page.getByTestId("element-el_3").locator("img.diagram").waitFor();
  await seen("the canvas");
  await page.keyboard.press("n");
  for (const [key, what] of [
    ["/", "finding"],
    ["l", "connecting"],
    ["Enter", "a large card"],
  ] as const) {
    await page.keyboard.press(key);
    await page
      .locator("dialog code", { hasText: /send_digest|queue/ })
      .first()
      .waitFor();
    await seen(what);
    await page.keyboard.press("Escape");
  }
  await page.getByTestId("comments-toggle").click();
  await page.locator(".thread-place code").waitFor();
  await page.getByTestId("history").click();
  await page.locator(".revision").first().waitFor();
  await seen("the history");
  await page.getByTestId("history").click();
  await page.getByTestId("view").click();
  await page.locator(".contents code").first().waitFor();
  await page.locator(".section-head code").waitFor();
  await page.locator(".part-connections code").first().waitFor();
  await until("the diagram is drawn", async () => (await page.locator("img.diagram").count()) === 1);
  await seen("the document");
  await take(page, "titles-document");
}, 90_000);

test("the whole plan is fitted into the window with the frames of its sections, clear of the tools", async () => {
  const places = [
    [0, 0],
    [0, 560],
    [900, 0],
    [900, 560],
  ] as const;
  const plan = await stageElements(
    ...places.map(([x, y], index) =>
      add(`el_${index}`, "task", `Step ${index}`, { x, y, width: 300, height: 160, section: `Phase ${index}` }),
    ),
  );
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 700, height: 1100 },
  ]) {
    const { page } = await openPage(plan.link(), { viewport, reducedMotion: "reduce" });
    const isClear = async () => {
      const tools = ".header, .toolbar, .view-controls, .react-flow__attribution";
      expect(await overlaps(page, ".section-frame", tools)).toEqual([]);
      for (const frame of await page.locator(".section-frame").all()) {
        const { x, y, width, height } = (await frame.boundingBox())!;
        expect(Math.min(x, y, viewport.width - x - width, viewport.height - y - height)).toBeGreaterThan(0);
      }
    };
    await isClear();
    await page.mouse.move(400, 400);
    await page.mouse.wheel(0, 900);
    await page.keyboard.press("0");
    await until("it is back", async () => ((await page.locator(".section-frame").first().boundingBox())?.y ?? 0) > 0);
    await isClear();
    await picture(page, `fitted-${viewport.width}`);
  }
}, 60_000);

test("lines pass behind the name of a section, and cards lie over it", async () => {
  const size = { width: 300, height: 160 };
  const plan = await stageElements(
    add("el_top", "task", "Before", { x: 0, y: 0, ...size }),
    add("el_low", "task", "Behind", { x: 0, y: 420, ...size, section: "All that is done behind it" }),
    { op: "add_connection", connection: { id: "conn_1", from: "el_top", to: "el_low" } },
  );
  const { page } = await openPage(plan.link(), { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  const name = page.locator(".section-name");
  const [card, box] = [(await page.getByTestId("element-el_low").boundingBox())!, (await name.boundingBox())!];
  const line = card.x + card.width / 2;
  expect(line).toBeLessThan(box.x + box.width);
  const lies = async (x: number, y: number, what: string) =>
    await page.evaluate<boolean>(`document.elementFromPoint(${x}, ${y}).closest(${JSON.stringify(what)}) !== null`);
  expect(await lies(line, box.y + box.height / 2, ".section-name")).toBe(true);
  expect(await lies(line, box.y - 20, ".react-flow__edge")).toBe(true);
  await take(page, "section-name");
  await plan.agent({ op: "update_element", id: "el_top", changes: { y: 350 } });
  await until("a card lies over the name", async () => await lies(box.x + 30, box.y + box.height / 2, ".card"));
}, 60_000);

test("a long title of a plan gives way to what is said of its state", async () => {
  const plan = await stageElements(
    { op: "set_title", title: "A plan of many words ".repeat(12) },
    add("el_1", "note", "x"),
  );
  await plan.review();
  for (const width of [1100, 820, 390]) {
    const { page } = await openPage(plan.link(), { viewport: { width, height: 900 } });
    const isCut = `(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)(document.querySelector(".review-state > span:last-child"))`;
    expect({ width, isCut: await page.evaluate<boolean>(isCut) }).toEqual({ width, isCut: false });
  }
  const { page } = await openPage(plan.link(), { viewport: { width: 390, height: 844 } });
  await page.getByTestId("request-changes").click();
  await page.getByTestId("decision-note").fill("Shorter.");
  await page.getByTestId("decision-confirm").click();
  const decided = (await page.getByTestId("decided").boundingBox())!;
  expect(decided.x + decided.width).toBeLessThanOrEqual(390);
}, 60_000);
