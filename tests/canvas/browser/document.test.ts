import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { titleWords } from "../../../src/canvas/page/state/title-words.ts";
import { until } from "../../until.ts";
import { brokenWords, drawn, picture, PICTURES, take } from "../seen-page.ts";
import { openPage, setAgentsAtWork, setStage, stageElements, type StagedPlan } from "../stage.ts";
import type { WatchedOptions } from "../watched-page.ts";
import { LARGE, LARGE_ELEMENTS } from "./large-plan.ts";

setStage();

const SIZES: Readonly<Record<string, WatchedOptions>> = {
  window: { viewport: { width: 1440, height: 900 } },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};

async function open(plan: StagedPlan, options: WatchedOptions): Promise<Page> {
  const { page } = await openPage(plan.link(), { reducedMotion: "reduce", view: null, ...options });
  return page;
}

async function openDocument(options: WatchedOptions = {}): Promise<{ plan: StagedPlan; page: Page }> {
  const plan = await stageElements(...LARGE);
  return { plan, page: await open(plan, { view: "document", ...options }) };
}

const part = (page: Page, id: string) => page.getByTestId(`part-${id}`);

/** What of a document cannot be read by scrolling it: parts that are cut, and letters that are too small. */
const UNREADABLE = `[...document.querySelectorAll(".part")].flatMap((part) => {
  const id = part.id;
  const cut = [...part.querySelectorAll(".card-body, .card-title")].filter((box) =>
    getComputedStyle(box).overflowY !== "visible" && box.scrollHeight > box.clientHeight + 1);
  const wide = [...part.querySelectorAll(".card-body, .card-body *")].filter((box) =>
    getComputedStyle(box).overflowX === "hidden" && box.scrollWidth > box.clientWidth + 1);
  const small = [...part.querySelectorAll("p, li, td, code, h1, h2, h3, pre")].filter((text) => parseFloat(getComputedStyle(text).fontSize) < 7);
  const drawing = [...part.querySelectorAll("img.diagram")].filter((image) => image.width < image.naturalWidth * 0.7);
  return [cut, wide, small, drawing].some((found) => found.length > 0) ? [id] : [];
})`;

/** Scrolls from part to part, as a reader does, and gives what is painted of each. */
const READ = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const read = {};
  for (const part of document.querySelectorAll(".part")) {
    part.scrollIntoView();
    for (let frames = 0; frames < 60 && part.innerText === ""; frames += 1) await frame();
    await frame();
    read[part.id.slice("part-".length)] = part.innerText;
  }
  return read;
})()`;

test.each(Object.keys(SIZES))(
  "%s: a plan that does not fit opens as a document, in which every word is reached by scrolling alone",
  async (size) => {
    const plan = await stageElements(...LARGE);
    const page = await open(plan, SIZES[size] ?? {});
    await page.getByTestId("document").waitFor();
    await until("all parts", async () => (await page.locator(".part").count()) === LARGE_ELEMENTS.length);
    await page.evaluate(READ);
    await drawn(page);
    const read = await page.evaluate<Readonly<Record<string, string>>>(READ);
    expect(await page.evaluate<string[]>(UNREADABLE)).toEqual([]);
    expect(await page.locator(".part td").count()).toBeGreaterThan(3);
    expect(await brokenWords(page, ".part :is(td, th)")).toEqual([]);
    for (const { id, title, type, content } of LARGE_ELEMENTS) {
      expect(read[id]).toContain(titleWords(title));
      const lines = type === "code" || type === "mockup" ? content.split("\n") : [];
      for (const line of lines) expect(read[id]).toContain(line.trim());
    }
    expect(read["el_queue"]).toContain("Proposed: Postgres. We have 40 jobs a minute.");
    await picture(page, `document-end-${size}`);
    await part(page, "el_arch").scrollIntoViewIfNeeded();
    await picture(page, `document-diagram-${size}`);
    await page.evaluate("document.querySelector('.document').scrollTo(0, 0)");
    const [contents, first] = [
      await page.locator(".contents").boundingBox(),
      await page.locator(".part").first().boundingBox(),
    ];
    const isBeside = contents!.x + contents!.width <= first!.x;
    expect(isBeside || contents!.y + contents!.height <= first!.y).toBe(true);
    await take(page, `document-${size}`);
    if (size === "window") await page.pdf({ path: `${PICTURES}/document.pdf`, printBackground: true });
  },
  120_000,
);

test("the document and the canvas are one switch apart, and the choice is remembered", async () => {
  const { page } = await openDocument({ view: null, viewport: { width: 1440, height: 900 } });
  await page.getByTestId("view").click();
  await page.locator(".react-flow__node").first().waitFor();
  await page.reload();
  await page.locator(".react-flow__node").first().waitFor();
  await page.getByTestId("view").click();
  await page.reload();
  await page.getByTestId("document").waitFor();
}, 90_000);

test("a plan that fits into the window opens on the canvas, on a phone as a document", async () => {
  const plan = await stageElements(...LARGE.slice(0, 2));
  for (const [size, view] of [
    ["window", ".react-flow__node"],
    ["phone", ".part"],
  ] as const) {
    const page = await open(plan, SIZES[size] ?? {});
    await page.locator(view).first().waitFor();
  }
}, 90_000);

test("in the document a text is edited, a task ticked, a question answered, a comment made, and what an agent does arrives", async () => {
  const { plan, page } = await openDocument();
  await part(page, "el_not").getByTestId("element-content").dblclick();
  await page.getByTestId("element-content-input").fill("Written in the document");
  await page.keyboard.press("Control+Enter");
  await plan.until("the text", ({ elements }) => elements.some(({ content }) => content === "Written in the document"));
  expect(await page.getByTestId("progress").innerText()).toBe("1 of 8 tasks");
  await part(page, "el_t2").getByRole("checkbox").click();
  await page.getByTestId("progress").getByText("2 of 8 tasks").waitFor();
  await plan.until("the tick", ({ elements }) => elements.some(({ id, done }) => id === "el_t2" && done === true));
  await part(page, "el_delay").getByTestId("element-answer-input").fill("Ten minutes");
  await page.keyboard.press("Control+Enter");
  await plan.until("the answer", ({ elements }) => elements.some(({ answer }) => answer === "Ten minutes"));
  await part(page, "el_queue").locator(".card-head").click();
  await page.keyboard.press("c");
  await page.getByTestId("comment-input").fill("And the backup?");
  await page.keyboard.press("Enter");
  await part(page, "el_queue").getByText("And the backup?").waitFor();
  await plan.agent({ op: "update_element", id: "el_risk", changes: { title: "Another risk" } });
  await part(page, "el_risk").getByText("Another risk").waitFor();
}, 90_000);

test("by keyboard alone the document is read from part to part, edited, commented and left for the canvas", async () => {
  const { plan, page } = await openDocument();
  const focused = async () => await page.evaluate<string>("document.activeElement?.dataset.id ?? ''");
  await page.keyboard.press("n");
  expect(await focused()).toBe("el_goal");
  await page.keyboard.press("n");
  expect(await focused()).toBe("el_context");
  await page.keyboard.press("p");
  expect(await focused()).toBe("el_goal");
  await page.keyboard.press("e");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("By keys");
  await page.keyboard.press("Control+Enter");
  await plan.until("the text", ({ elements }) => elements.some(({ content }) => content === "By keys"));
  expect(await focused()).toBe("el_goal");
  await page.keyboard.press("c");
  await page.keyboard.type("A remark");
  await page.keyboard.press("Enter");
  await part(page, "el_goal").getByText("A remark").waitFor();
  await page.getByTestId("view").focus();
  await page.keyboard.press("Enter");
  await page.locator(".react-flow__node").first().waitFor();
}, 90_000);

test("on the canvas N and P glide from card to card in reading order, at full size", async () => {
  const { page } = await openDocument({ view: "canvas", viewport: { width: 1440, height: 900 } });
  await take(page, "canvas-window");
  const scale = async () =>
    await page.evaluate<number>("new DOMMatrix(document.querySelector('.react-flow__viewport').style.transform).a");
  for (const [key, id] of [
    ["n", "el_goal"],
    ["n", "el_context"],
    ["p", "el_goal"],
    ["p", LARGE_ELEMENTS.at(-1)?.id],
  ] as const) {
    await page.keyboard.press(key);
    if (key === "p" && id !== "el_goal") continue;
    await until(
      `at ${id}`,
      async () => (await page.evaluate<string>("document.activeElement?.dataset.id ?? ''")) === id,
    );
    expect(await scale()).toBe(1);
    const box = await page.getByTestId(`element-${id}`).boundingBox();
    expect(box?.y).toBeGreaterThan(50);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(1440);
  }
}, 90_000);

test("a diagram is a click away from a large one that is enlarged and moved by keys, and Enter opens any card large", async () => {
  const { page } = await openDocument();
  await part(page, "el_arch").scrollIntoViewIfNeeded();
  await part(page, "el_arch").getByTestId("open-diagram").click();
  const image = page.getByTestId("zoomable").locator("img");
  await image.waitFor();
  const width = async () => (await image.boundingBox())?.width ?? 0;
  const before = await width();
  for (let presses = 0; presses < 6; presses += 1) await page.keyboard.press("+");
  expect(await width()).toBeGreaterThan(before * 2);
  await page.keyboard.press("ArrowRight");
  await until(
    "it has moved",
    async () => await page.evaluate<boolean>("document.querySelector('.zoomable-frame').scrollLeft > 0"),
  );
  await take(page, "large-diagram");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await part(page, "el_take").locator(".card-head").click();
  await page.keyboard.press("Enter");
  await page.getByTestId("large").getByText("for update skip locked").waitFor();
  await take(page, "large-code");
}, 90_000);

/** Two sections of two tasks each, and a note beside them. */
const PHASES = ["el_1", "el_2", "el_3", "el_4"].map((id, index) => ({
  op: "add_element" as const,
  element: {
    id,
    type: "task",
    title: `Step ${index + 1}`,
    content: "Do it",
    section: index < 2 ? "Phase 1" : "Phase 2",
  },
}));

test("sections hold cards together on the canvas and in the document, and agents are seen at work on their cards, live", async () => {
  const note = {
    op: "add_element",
    element: { id: "el_note", type: "note", title: "Not now", content: "Later" },
  } as const;
  const plan = await stageElements(...PHASES, note);
  const page = await open(plan, { view: "canvas", viewport: { width: 1440, height: 900 } });
  await page.getByTestId("section-Phase 1").waitFor();
  expect(await page.locator(".react-flow__minimap").count()).toBe(0);
  const placeOf = async (id: string) => {
    const one = (await plan.stored()).plan.elements.find((element) => element.id === id);
    return [one?.x ?? 0, one?.y ?? 0] as const;
  };
  const [[x1, y1], [x3, y3]] = [await placeOf("el_1"), await placeOf("el_3")];
  const name = page.getByTestId("section-Phase 1").getByRole("button");
  const box = (await name.boundingBox())!;
  await page.mouse.move(box.x + 10, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await until("both have moved", async () => (await placeOf("el_1"))[0] !== x1 && (await placeOf("el_2"))[1] !== y1);
  expect(await placeOf("el_3")).toEqual([x3, y3]);
  await page.keyboard.press("Control+z");
  await until("one undo takes it back", async () => (await placeOf("el_1")).join() === [x1, y1].join());

  setAgentsAtWork([
    {
      elementId: "el_1",
      instanceId: "bgr_01ABCDEF",
      agent: "thor",
      status: "running",
      activity: "tool bash: bun test",
    },
    { elementId: "el_2", instanceId: "bgr_01ABCDEG", agent: "thor", status: "failed" },
  ]);
  await page.getByTestId("agent-el_1").getByText("at work: tool bash: bun test").waitFor();
  await page.getByTestId("agent-el_2").getByText("failed").waitFor();
  await until("the card has grown", async () => (await page.getByTestId("element-el_1").boundingBox())!.height > 110);
  await take(page, "sections-canvas");
  await page.getByTestId("element-el_note").locator(".card-title").click();
  await page.keyboard.press("g");
  await page.getByTestId("section-name").fill("Phase 2");
  await page.keyboard.press("Enter");
  await plan.until("it belongs there", ({ elements }) =>
    elements.some(({ id, section }) => id === "el_note" && section === "Phase 2"),
  );
  await page.getByTestId("view").click();
  expect(await page.locator(".section-head").allInnerTexts()).toEqual(["Phase 1", "Phase 2"]);
  await page.getByTestId("agent-el_1").waitFor();
  await take(page, "sections-document");
  setAgentsAtWork([]);
  await page.getByTestId("agent-el_1").waitFor({ state: "detached" });
}, 120_000);

test("cards are copied, pasted and taken away as Markdown, by keys and by a right click, and the print is the document", async () => {
  const plan = await stageElements(...LARGE.slice(0, 6));
  const page = await open(plan, {
    ...{ view: "canvas", viewport: { width: 1440, height: 900 } },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const clipboard = async () => await page.evaluate<string>("navigator.clipboard.readText()");
  const ids = (await plan.stored()).plan.elements.map(({ id }) => id);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  await until("Markdown is in the clipboard", async () => (await clipboard()).includes("## 1. "));
  await page.keyboard.press("Control+v");
  await plan.until("all are there twice", ({ elements }) => elements.length === ids.length * 2);
  await page.keyboard.press("Control+z");
  await plan.until("one undo takes them back", ({ elements }) => elements.length === ids.length);
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  const head = page.getByTestId(`element-${ids[0]}`).locator(".card-title");
  await head.click({ button: "right" });
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("ArrowDown");
  await take(page, "context-menu");
  await page.getByTestId("copy-markdown").click();
  await until("one card is in the clipboard", async () => {
    const text = await clipboard();
    return text.includes(LARGE_ELEMENTS[0]!.title) && !text.includes("## 2. ");
  });
  await page.getByTestId("take-away").click();
  await page.keyboard.press("Enter");
  await until("the plan is in the clipboard", async () => (await clipboard()).startsWith("# "));
  for (const kind of ["svg", "png"] as const) {
    await page.getByTestId("take-away").click();
    const [taken] = await Promise.all([page.waitForEvent("download"), page.getByTestId(kind).click()]);
    expect(taken.suggestedFilename()).toBe(`${plan.slug}.${kind}`);
    const path = `${PICTURES}/taken.${kind}`;
    await taken.saveAs(path);
    const bytes = await Bun.file(path).bytes();
    if (kind === "svg") expect(new TextDecoder().decode(bytes)).toContain(LARGE_ELEMENTS[0]!.title.slice(0, 12));
    else expect([...bytes.slice(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  }
  await page.evaluate(
    "globalThis.print = () => { globalThis.printed = document.querySelectorAll('.part-card').length; }",
  );
  await page.getByTestId("take-away").click();
  await page.getByTestId("print").click();
  await until("the document was printed", async () => (await page.evaluate("globalThis.printed")) === ids.length);
  await page.locator(".react-flow__node").first().waitFor();
}, 120_000);
