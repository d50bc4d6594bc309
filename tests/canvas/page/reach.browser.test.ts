import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../../until.ts";
import { contrastOf, overlaps, seriousFindings } from "../seen-page.ts";
import { openPage, setStage, stageElements } from "../stage.ts";
import { openPlan, sendReview } from "./page-rig.ts";
import { element } from "./sample-plan.ts";

setStage();

async function tabTo(page: Page, testId: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    const focused: unknown = await page.evaluate("document.activeElement?.dataset.testid");
    if (focused === testId) return;
  }
  expect.unreachable(`The Tab key does not come to ${testId}.`);
}

test("with the keyboard alone: an element is found, moved, edited, connected, commented, copied and deleted", async () => {
  const open = await openPlan();
  const { keyboard } = open.page;
  await tabTo(open.page, "element-el_note");
  await keyboard.press("ArrowRight");
  await keyboard.press("Shift+ArrowDown");
  await open.until("it moved by ten and by one", ({ elements }) =>
    elements.some(({ id, x, y }) => id === "el_note" && x === 10 && y === 301),
  );
  await keyboard.press("e");
  await keyboard.press("Control+a");
  await keyboard.type("By hand");
  await keyboard.press("Control+Enter");
  await open.until("the text", ({ elements }) => elements.some(({ content }) => content === "By hand"));
  await keyboard.press("l");
  await keyboard.type("column");
  await keyboard.press("Enter");
  await open.until("connected", ({ connections }) =>
    connections.some(({ from, to }) => from === "el_note" && to === "el_task"),
  );
  await keyboard.press("c");
  await keyboard.type("Noted");
  await keyboard.press("Enter");
  await open.page.getByRole("button", { name: "Comment of user: Noted" }).waitFor();
  await keyboard.press("Control+d");
  await open.until("copied", ({ elements }) => elements.filter(({ content }) => content === "By hand").length === 2);
  await keyboard.press("Delete");
  await open.until("the copy is gone", ({ elements }) => elements.length === 3);
  await keyboard.press("a");
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await keyboard.type("A new task");
  await keyboard.press("Enter");
  await open.until("added", ({ elements }) =>
    elements.some(({ type, title }) => type === "task" && title === "A new task"),
  );
}, 40_000);

test("the help lists the keys, Escape closes it, and the focus goes back to where it was", async () => {
  const open = await openPlan();
  await tabTo(open.page, "help");
  await open.page.keyboard.press("Enter");
  await open.page.getByRole("dialog", { name: "Keys" }).waitFor();
  await open.page.keyboard.press("Escape");
  await open.page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await open.page.evaluate<string>("document.activeElement?.dataset.testid")).toBe("help");
}, 30_000);

test.each(["light", "dark"] as const)(
  "axe has no serious finding in %s, with a dialog and the comments too",
  async (colorScheme) => {
    const open = await openPlan({ colorScheme, reducedMotion: "reduce" });
    // What is done is still read.
    await open.agent({ op: "update_element", id: "el_task", changes: { done: true } });
    await open.element("el_task").locator(".card[data-done]").waitFor();
    for (const letters of [".card-title", ".card-words"])
      expect(await contrastOf(open.page, `[data-testid=element-el_task] ${letters}`)).toBeGreaterThanOrEqual(4.5);
    await open.agent(
      {
        op: "add_element",
        element: element("el_code", {
          type: "code",
          language: "ts",
          content: "// why\nconst a = 'b';",
          x: 420,
          y: 300,
        }),
      },
      { op: "add_element", element: element("el_long", { content: "long\n\n".repeat(40), x: 820 }) },
      { op: "add_comment", comment: { id: "c_1", elementId: "el_task", text: "Which type?" } },
    );
    await open.page.getByTestId("fit-view").click();
    await open.element("el_long").locator(".card-head").click();
    await open.page.locator(".selection-bar").waitFor();
    expect(await seriousFindings(open.page)).toEqual([]);
    // In a small window the bar of one card may lie over the pin of another.
    await open.page.keyboard.press("Escape");
    await open.page.getByTestId("comment-pin-c_1").click();
    await open.page.getByTestId("comments-panel").waitFor();
    expect(await seriousFindings(open.page)).toEqual([]);
    await open.page.getByTestId("approve").click();
    expect(await seriousFindings(open.page)).toEqual([]);
  },
  40_000,
);

test("the colours are the system's until the person switches, and then stay", async () => {
  const open = await openPlan({ colorScheme: "dark" });
  const theme = async () => await open.page.locator("html").getAttribute("data-theme");
  expect(await theme()).toBe("dark");
  await open.page.getByTestId("theme").click();
  expect(await theme()).toBe("light");
  await open.page.reload();
  await open.element("el_task").waitFor();
  expect(await theme()).toBe("light");
}, 30_000);

test("at phone width nothing overflows, and a tap adds, selects and decides", async () => {
  const open = await openPlan({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  expect(await open.page.evaluate<number>("document.documentElement.scrollWidth")).toBe(390);
  expect(await open.page.getByTestId("add-note").isVisible()).toBe(false);
  await open.page.getByTestId("open-tools").tap();
  await open.page.getByTestId("add-note").tap();
  await open.page.keyboard.type("Tapped");
  await open.page.keyboard.press("Enter");
  await open.until("the note", ({ elements }) => elements.some(({ title }) => title === "Tapped"));
  await open.page.getByTestId("comments-toggle").tap();
  await open.page.getByTestId("comments-panel").waitFor();
  await open.page.getByTestId("approve").tap();
  await open.page.getByTestId("decision-confirm").tap();
  await until("it is approved", async () => (await open.stored()).meta.status === "approved");
}, 30_000);

test("far away an element shows its title only", async () => {
  const open = await openPlan();
  expect(await open.element("el_task").getByTestId("element-content").count()).toBe(1);
  for (let presses = 0; presses < 6; presses += 1) await open.page.keyboard.press("-");
  await open.element("el_task").getByTestId("element-content").waitFor({ state: "detached" });
  expect(await open.element("el_task").getByTestId("element-title").innerText()).toBe("Add a column");
}, 30_000);

test("the mini map shows what is out of view, the whole plan is a key or a click away", async () => {
  const open = await openPlan();
  const far = element("el_far", { title: "Far away", x: 6000, y: 4000 });
  const onMap = open.page.locator(".react-flow__minimap-node");
  const more = Array.from({ length: 25 }, (_, index) =>
    element(`el_${index}`, { x: (index % 5) * 420, y: 600 + index * 40 }),
  );
  await open.agent(...more.map((one) => ({ op: "add_element" as const, element: one })));
  expect(await onMap.count()).toBe(0);
  await open.agent({ op: "add_element", element: far }, { op: "add_element", element: element("el_30", { y: 3000 }) });
  await until("of thirty all are on the map", async () => (await onMap.count()) === 30);
  // What is out of view is not drawn.
  const isInView = async () => (await open.element("el_far").count()) === 1;
  expect(await isInView()).toBe(false);
  await open.page.keyboard.press("0");
  await until("the key shows all of it", isInView);
  for (let presses = 0; presses < 6; presses += 1) await open.page.getByLabel("Zoom in").click();
  await until("it is out of view again", async () => !(await isInView()));
  await open.page.getByTestId("fit-view").click();
  await until("the button shows all of it", isInView);
}, 30_000);

test("an empty plan says what to do, on the canvas and in the document, and no longer when there is something", async () => {
  for (const [view, words] of [
    ["canvas", "Double-click to write, or press A"],
    ["document", "Choose below what to write, or press A"],
  ] as const) {
    const plan = await stageElements();
    const { page } = await openPage(plan.link(), { view });
    await page.getByTestId("empty-plan").getByText(words).waitFor();
    await page.getByTestId("approve").click();
    await page.getByText("The plan is empty: there is nothing to approve.").waitFor();
    expect(await page.getByTestId("decision-confirm").isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");
    await page.keyboard.press("Enter");
    await page.keyboard.type("The first");
    await page.keyboard.press("Enter");
    await plan.until("the first element", ({ elements }) => elements.some(({ title }) => title === "The first"));
    expect(await page.getByTestId("empty-plan").count()).toBe(0);
    await page.close();
  }
}, 60_000);

/** Four cards at the corners of a plan of the shape of a window, which fills it when all of it is seen. */
const CORNERS = [
  [0, 0],
  [2080, 0],
  [0, 1080],
  [2080, 1080],
].map(([x, y], index) => element(`el_${index}`, { x: x ?? 0, y: y ?? 0, width: 320, height: 180 }));

test.each([
  ["a window", { viewport: { width: 1280, height: 800 } }],
  ["a phone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
] as const)(
  "in %s nothing lies over a plan that is seen as a whole, and the mark of the library is small and in a corner",
  async (_size, options) => {
    const { page } = await openPlan({ ...options, elements: CORNERS, reducedMotion: "reduce" });
    const tools = ".header, .toolbar, .view-controls, [data-testid=open-tools], .react-flow__attribution";
    expect(await overlaps(page, ".react-flow__node", tools)).toEqual([]);
    await page.keyboard.press("+");
    await page.getByTestId("fit-view").click();
    await until(
      "all is seen again",
      async () => (await overlaps(page, ".react-flow__node", tools)).length === 0 && (await isAllSeen(page)),
    );
    const mark = await page.locator(".react-flow__attribution").boundingBox();
    const { width, height } = options.viewport;
    if (width < 640) expect(mark).toBeNull();
    else {
      expect([mark!.width < 70, mark!.height < 18]).toEqual([true, true]);
      expect([mark!.x + mark!.width > width - 4, mark!.y + mark!.height > height - 4]).toEqual([true, true]);
    }
  },
  60_000,
);

async function isAllSeen(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>(
    "[...document.querySelectorAll('.react-flow__node')].every((node) => { const { left, top, right, bottom } = node.getBoundingClientRect(); return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight; })",
  );
}

test("a tool says what it is, to the eye where one comes near, and to who cannot see it", async () => {
  const { page } = await openPlan();
  const tools = page.locator(".toolbar .tool");
  const names = async () =>
    await page.evaluate<string[]>(
      "[...document.querySelectorAll('.toolbar .tool-name')].flatMap((name) => (name.checkVisibility() ? [name.textContent] : []))",
    );
  const all = ["Text", "Task", "Note", "Decision", "Question", "Code", "Diagram", "Mock-up", "Image"];
  for (const name of all) await page.getByRole("button", { name: `Add: ${name}`, exact: true }).waitFor();
  expect(await names()).toEqual([]);
  await tools.first().hover();
  expect((await names()).toSorted()).toEqual(all.toSorted());
  await page.mouse.move(640, 700);
  expect(await names()).toEqual([]);
  await page.keyboard.press("a");
  expect((await names()).length).toBe(all.length);
  const nameless = "[...document.querySelectorAll('.tool')].filter((one) => !one.ariaLabel || !one.dataset.tip).length";
  expect(await page.evaluate<number>(nameless)).toBe(0);
  await page.getByTestId("fit-view").hover();
  const isShown = "getComputedStyle(document.querySelector('[data-testid=fit-view]'), '::after').opacity === '1'";
  await until("its name is shown", async () => await page.evaluate<boolean>(isShown));
}, 30_000);

test("the pins of a selected card are not under its tools, and the progress of the tasks is told", async () => {
  const open = await openPlan();
  const { page } = open;
  const progress = page.getByTestId("progress");
  expect(await progress.innerText()).toBe("0 of 1 task");
  await open.agent(
    { op: "add_comment", comment: { id: "c_1", elementId: "el_note", text: "Which?" } },
    { op: "add_comment", comment: { id: "c_2", elementId: "el_note", text: "And that?" } },
    { op: "update_element", id: "el_task", changes: { done: true } },
    { op: "add_element", element: element("el_more", { type: "task", title: "More", x: 420, y: 300 }) },
  );
  await page.getByTestId("progress").getByText("1 of 2 tasks").waitFor();
  await page.getByTestId("comment-pin-c_2").waitFor();
  await open.element("el_note").locator(".card-head").click();
  await page.locator(".selection-bar").waitFor();
  expect(await overlaps(page, ".pin", ".selection-bar")).toEqual([]);
  for (const id of ["c_1", "c_2"]) {
    await page.getByTestId(`comment-pin-${id}`).click();
    await page.locator(`[data-testid=comment-${id}][data-active]`).waitFor();
  }
}, 30_000);

test("on a phone the card that a sheet of comments is about stays in sight", async () => {
  const low = element("el_low", { type: "note", title: "Far below", y: 900, height: 160 });
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const open = await openPlan({
    ...phone,
    elements: [element("el_high", { height: 160 }), low],
    reducedMotion: "reduce",
  });
  const { page } = open;
  const isInSight = async (sheet: string) => {
    const [card, above] = [
      await open.element("el_low").locator(".card-title").boundingBox(),
      await page.locator(sheet).boundingBox(),
    ];
    return card !== null && above !== null && card.y > 56 && card.y + card.height <= above.y;
  };
  await open.element("el_low").locator(".card-title").tap();
  await page.keyboard.press("c");
  await page.locator(".composer").waitFor();
  await until("the card is above the sheet in which one writes", async () => await isInSight(".composer"));
  await page.getByTestId("comment-input").fill("Why?");
  await page.getByTestId("comment-send").tap();
  await sendReview(page);
  const [comment] = (await open.stored()).plan.comments;
  await page.getByTestId(`comment-pin-${comment?.id}`).tap();
  await page.getByTestId("comments-panel").waitFor();
  await until("the card is above the sheet of comments", async () => await isInSight(".panel"));
}, 60_000);
