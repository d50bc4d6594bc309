import { expect, test } from "bun:test";
import { until } from "../../until.ts";
import { openPage, setStage, stageElements } from "../stage.ts";
import { LARGE } from "./large-plan.ts";

setStage();

/** The card of the document whose words the pointer is over: pressed, its connections choose others. */
const UNDER_POINTER = `[...document.querySelectorAll(".part-card")].find((card) => {
  const { top, bottom } = card.getBoundingClientRect();
  const connections = card.querySelector(".part-connections")?.getBoundingClientRect();
  return top < 470 && (connections?.top ?? bottom) > 530;
})?.dataset.id`;

const COVER = `document.querySelector(".scroll-cover")`;

test("the wheel scrolls the document beside its contents, and what has come under the pointer is pressed at once", async () => {
  const plan = await stageElements(...LARGE);
  const { page } = await openPage(plan.link(), { view: "document", viewport: { width: 1440, height: 900 } });
  const contents = await page.getByTestId("contents").boundingBox();
  await page.mouse.move(700, 500);
  const isIn = async () =>
    await page.evaluate<boolean>(
      `${UNDER_POINTER} !== undefined && document.querySelector(".document").scrollTop > 300`,
    );
  await page.evaluate(`globalThis.turns = 0, addEventListener("wheel", () => (turns += 1), { passive: true })`);
  let turns = 0;
  // A turn of the wheel comes late on a busy machine, and what it moves comes later.
  const turn = async () => {
    await page.mouse.wheel(0, 90);
    turns += 1;
    await until("the turn has come", async () => (await page.evaluate<number>("turns")) === turns);
    await page.evaluate(`new Promise((resolve) => {
      const scrolled = document.querySelector(".document");
      const rest = (before, frames) => {
        const now = scrolled.scrollTop;
        if (now === before && frames === 5) resolve();
        else requestAnimationFrame(() => rest(now, now === before ? frames + 1 : 0));
      };
      rest(-1, 0);
    })`);
  };
  await until("a card has come under the pointer", async () => {
    await turn();
    return await isIn();
  });
  await page.evaluate(
    `document.addEventListener("pointerdown", () => (globalThis.meant = ${UNDER_POINTER}), { capture: true, once: true })`,
  );
  await page.mouse.move(702, 500);
  await page.mouse.down();
  await page.mouse.up();
  const pressed = page.locator(".part-card[data-selected]");
  expect(await pressed.getAttribute("data-id")).toBe(await page.evaluate<string>("meant"));
  expect(await page.getByTestId("contents").boundingBox()).toEqual(contents);
}, 60_000);

test("while the wheel turns nothing under a resting pointer is asked for, and a press reaches it all the same", async () => {
  const plan = await stageElements(...LARGE);
  const { page } = await openPage(plan.link(), { view: "document", viewport: { width: 1440, height: 900 } });
  await page.mouse.move(700, 500);
  await page.getByTestId("scroll-cover").waitFor({ state: "attached" });
  const scrolledTo = async () => await page.evaluate<number>(`document.querySelector(".document").scrollTop`);
  const whole = await page.evaluate<number>(`document.querySelector(".document").scrollHeight`);
  // Each time that the cover comes, and what is entered below it while it is there.
  await page.evaluate(`(() => {
    globalThis.covered = 0;
    globalThis.entered = 0;
    const cover = ${COVER};
    new MutationObserver(() => (covered += cover.hasAttribute("data-on") ? 1 : 0)).observe(cover, { attributes: true });
    document.addEventListener("pointerover", (event) => (entered += cover.hasAttribute("data-on") && !event.target.matches(".scroll-cover") ? 1 : 0), true);
  })()`);
  await until("the wheel has turned for a while", async () => {
    await page.mouse.wheel(0, 90);
    return (await scrolledTo()) > 3000;
  });
  expect(await page.evaluate<number>("covered")).toBeGreaterThan(0);
  expect(await page.evaluate<number>("entered")).toBe(0);
  await until("the wheel rests", async () => !(await page.evaluate<boolean>(`${COVER}.hasAttribute("data-on")`)));
  await page.evaluate(`(() => {
    const card = [...document.querySelectorAll(".part-card")].find((one) => one.getBoundingClientRect().top > 500);
    document.querySelector(".document").scrollBy(0, card.getBoundingClientRect().top - 460);
  })()`);
  await until(
    "a card is under the pointer",
    async () => await page.evaluate<boolean>(`${UNDER_POINTER} !== undefined`),
  );
  // As within the tenth of a second that it is there after the wheel's last turn.
  await page.evaluate(`${COVER}.setAttribute("data-on", "")`);
  await page.mouse.down();
  await page.mouse.up();
  const pressed = page.locator(".part-card[data-selected]");
  expect(await pressed.getAttribute("data-id")).toBe(await page.evaluate<string>(UNDER_POINTER));
  // The sign in a button is no element of HTML.
  const chip = page.getByTestId("part-el_queue").locator(".part-connections button").last();
  await chip.scrollIntoViewIfNeeded();
  const sign = await chip.locator("svg").boundingBox();
  await page.mouse.move(sign!.x + sign!.width / 2, sign!.y + sign!.height / 2);
  await page.evaluate(`${COVER}.setAttribute("data-on", "")`);
  await page.mouse.down();
  await page.mouse.up();
  await until("what it leads to is chosen", async () => (await pressed.getAttribute("data-id")) === "el_arch");
  // It takes no room: neither on top nor at the end.
  expect(await page.evaluate<number>(`document.querySelector(".document-text").offsetTop`)).toBe(0);
  await page.evaluate(`document.querySelector(".document").scrollTo(0, 1_000_000)`);
  const gap = `document.querySelector(".document").scrollHeight - document.querySelector(".document-text").scrollHeight`;
  expect(await page.evaluate<number>(gap)).toBeLessThanOrEqual(1);
  expect(whole).toBeGreaterThan(3000);
}, 60_000);
