import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../../until.ts";
import { drawn, seriousFindings } from "../seen-page.ts";
import { openPage, setStage, stageElements } from "../stage.ts";

setStage();

const add = (id: string, type: string, content: string, x = 0) =>
  ({
    op: "add_element",
    element: { id, type, title: id.slice(3), content, x, y: 0, width: 320, height: 200 },
  }) as const;

const THREE = [
  add("el_one", "text", "First."),
  add("el_two", "text", "Second.", 400),
  add("el_three", "text", "x", 800),
];

/** What has the focus, by its id, its test's name or its words. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate<string>(`(() => {
    const { activeElement: one } = document;
    return one.dataset.id ?? one.dataset.testid ?? one.ariaLabel ?? one.tagName;
  })()`);
}

async function untilFocused(page: Page, what: string): Promise<void> {
  await until(`the focus is on ${what}`, async () => (await focused(page)) === what);
}

test.each(["canvas", "document"] as const)(
  "on the %s the focus is never lost when what had it goes: a card, a comment, a dialog, a panel, a notice",
  async (view) => {
    const plan = await stageElements(...THREE);
    await plan.review();
    const { page } = await openPage(plan.link(), { view, reducedMotion: "reduce" });
    const press = async (key: string, what: string) => {
      await page.keyboard.press(key);
      await untilFocused(page, what);
    };
    await press("n", "el_one");
    await press("c", "comment-input");
    await press("Escape", "el_one");
    await press("c", "comment-input");
    await page.keyboard.type("Why?");
    await press("Enter", "el_one");
    await press("/", "element-search");
    await page.keyboard.type("two");
    await press("Enter", "el_two");
    await press("Delete", "el_three");
    await press("p", "el_one");
    await page.getByTestId("history").focus();
    await page.keyboard.press("Enter");
    await page.locator(".revision").nth(1).focus();
    const revision = await focused(page);
    await page.keyboard.press("Enter");
    await page.getByTestId("to-now").focus();
    await press("Enter", revision);
    await page.getByRole("button", { name: "Close the history" }).focus();
    await press("Enter", "history");
    // What is not sent yet is taken back, not resolved: nobody else knows of it.
    await page.getByTestId("comments-toggle").focus();
    await page.keyboard.press("Enter");
    await page.locator(".panel").getByTestId("drop-draft").waitFor();
    expect(await page.locator(".panel").getByTestId("comment-resolve").count()).toBe(0);
    await page.getByRole("button", { name: "Close the comments" }).focus();
    await press("Enter", "comments-toggle");
    await page.getByTestId("finish-review").focus();
    await press("Enter", "choice-approved");
    await press("ArrowRight", "choice-changes_requested");
    await page.getByTestId("decision-confirm").focus();
    await press("Enter", "decided");
    await page.getByRole("button", { name: "Dismiss" }).focus();
    await press("Enter", "decided");
  },
  90_000,
);

const cells = (text: string) => `| ${Array.from({ length: 12 }, () => text).join(" | ")} |`;

test("on a phone a wide diagram is large enough to read where it is opened large, and 0 shows the whole", async () => {
  const steps = Array.from(
    { length: 9 },
    (_, index) => `  S${index}[Step ${index}] --> S${index + 1}[Step ${index + 1}]`,
  );
  const plan = await stageElements(add("el_wide", "diagram", ["flowchart LR", ...steps].join("\n")));
  const { page } = await openPage(plan.link(), { view: "document", viewport: { width: 390, height: 844 } });
  await drawn(page);
  await page.getByTestId("open-diagram").click();
  const scale = async () => parseInt(await page.getByTestId("zoomable").locator("output").innerText(), 10);
  await page.getByTestId("zoomable").locator("img").waitFor();
  expect(await scale()).toBe(75);
  await page.keyboard.press("0");
  await until("it is whole", async () => (await scale()) < 40);
}, 60_000);

test("what is wider than a phone is scrolled by keys, and the boxes of lists have names", async () => {
  const plan = await stageElements(
    add("el_table", "text", [cells("a column"), cells("-"), cells("its value")].join("\n")),
    add("el_small", "text", "| a | b |\n| - | - |\n| 1 | 2 |\n\n- [ ] open\n- [x] done"),
    add("el_mockup", "mockup", `+${"-".repeat(118)}+`),
  );
  const { page } = await openPage(plan.link(), { view: "document", viewport: { width: 390, height: 844 } });
  await drawn(page);
  expect(await seriousFindings(page)).toEqual([]);
  expect(await page.locator("table[tabindex]").count()).toBe(1);
}, 60_000);
