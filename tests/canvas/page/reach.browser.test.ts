import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../../until.ts";
import { seriousFindings } from "../seen-page.ts";
import { setStage } from "../stage.ts";
import { openPlan } from "./page-rig.ts";
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
