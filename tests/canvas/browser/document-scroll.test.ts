import { expect, test } from "bun:test";
import { until } from "../../until.ts";
import { openPage, setStage, stageElements } from "../stage.ts";
import { LARGE } from "./large-plan.ts";

setStage();

/** The card of the document that the middle of the pointer's line is in. */
const UNDER_POINTER = `[...document.querySelectorAll(".part-card")].find((card) => {
  const { top, bottom } = card.getBoundingClientRect();
  return top < 470 && bottom > 530;
})?.dataset.id`;

test("the wheel scrolls the document beside its contents, and what has come under the pointer is pressed at once", async () => {
  const plan = await stageElements(...LARGE);
  const { page } = await openPage(plan.link(), { view: "document", viewport: { width: 1440, height: 900 } });
  const contents = await page.getByTestId("contents").boundingBox();
  await page.mouse.move(700, 500);
  const isIn = async () =>
    await page.evaluate<boolean>(
      `${UNDER_POINTER} !== undefined && document.querySelector(".document").scrollTop > 300`,
    );
  await until("a card has come under the pointer", async () => {
    await page.mouse.wheel(0, 90);
    return await isIn();
  });
  await page.mouse.move(702, 500);
  await page.mouse.down();
  await page.mouse.up();
  const pressed = page.locator(".part-card[data-selected]");
  expect(await pressed.getAttribute("data-id")).toBe(await page.evaluate<string>(UNDER_POINTER));
  expect(await page.getByTestId("contents").boundingBox()).toEqual(contents);
}, 60_000);
