import { expect, test } from "bun:test";
import { findFirefox, FIREFOX_HINT } from "../../../scripts/set-up/browser.ts";
import { thisMachine } from "../../../scripts/set-up/debian-packages.ts";
import { titleWords } from "../../../src/canvas/page/state/title-words.ts";
import { until } from "../../until.ts";
import { FirefoxPage } from "../firefox.ts";
import { setStage, stageElements, type StagedPlan } from "../stage.ts";
import { LARGE, LARGE_ELEMENTS } from "./large-plan.ts";

setStage();

const program = findFirefox(thisMachine());
if (program === undefined) console.warn(`Nothing is tried in Firefox. ${FIREFOX_HINT}`);

const FOCUSED = "document.activeElement?.dataset.testid ?? document.activeElement?.dataset.id ?? ''";

async function see(page: FirefoxPage, what: string, expression: string): Promise<void> {
  await until(what, async () => await page.evaluate<boolean>(expression));
}

async function click(page: FirefoxPage, id: string): Promise<void> {
  await see(page, id, `document.querySelector("[data-testid=${id}]") !== null`);
  await page.click(`[data-testid=${id}]`);
}

async function statusOf(plan: StagedPlan): Promise<string> {
  return (await plan.stored()).meta.status;
}

test.skipIf(program === undefined)(
  "in Firefox a plan is read as a document and on the canvas, commented and edited by keys, reviewed and approved",
  async () => {
    const plan = await stageElements(...LARGE);
    await plan.review();
    const page = await FirefoxPage.open(program ?? "", 1440, 900);
    await page.goto(plan.link().href);
    await page.click("button");
    await see(page, "all parts", `document.querySelectorAll(".part").length === ${LARGE_ELEMENTS.length}`);
    for (const { id, title } of LARGE_ELEMENTS)
      expect(await page.evaluate<string>(`document.getElementById("part-${id}").textContent`)).toContain(
        titleWords(title),
      );

    await page.press("n");
    expect(await page.evaluate<string>("document.activeElement.dataset.id")).toBe("el_goal");
    await page.press("c");
    await see(page, "a comment is written", `${FOCUSED} === "comment-input"`);
    await page.type("How often?");
    await page.press("Enter");
    await see(page, "it is collected", `document.querySelector("#part-el_goal").textContent.includes("How often?")`);
    expect((await plan.stored()).plan.comments).toEqual([]);

    await page.press("Escape");
    await click(page, "view");
    await see(page, "the canvas", `document.querySelector(".react-flow__node") !== null`);
    await page.press("n");
    await see(page, "the first card", `document.activeElement?.dataset.id === "el_goal"`);
    await see(
      page,
      "full size",
      `new DOMMatrix(document.querySelector(".react-flow__viewport").style.transform).a === 1`,
    );
    await page.press("e");
    await see(page, "its text is edited", `document.activeElement?.tagName === "TEXTAREA"`);
    await page.press("Control+a");
    await page.type("By keys");
    await page.press("Control+Enter");
    await plan.until("the edit", ({ elements }) => elements.some(({ content }) => content === "By keys"));

    await click(page, "finish-review");
    await click(page, "choice-commented");
    await click(page, "decision-confirm");
    await plan.until("the comment", ({ comments }) => comments.some(({ text }) => text === "How often?"));
    await see(page, "the dialog is gone", `document.querySelector("[role=dialog]") === null`);
    await click(page, "approve");
    await click(page, "decision-confirm");
    await until("it is approved", async () => (await statusOf(plan)) === "approved");
    await see(page, "the page says so", `document.querySelector("[data-testid=decided]") !== null`);
    expect(page.complaints).toEqual([]);
  },
  120_000,
);
