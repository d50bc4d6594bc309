import { expect, test } from "bun:test";
import { sendReview } from "../page/page-rig.ts";
import { openPage, setStage, stageElements } from "../stage.ts";
import { LARGE } from "./large-plan.ts";

setStage();

test("in the document a comment is answered and resolved beside what it is about, by keys too, and cards keep their height", async () => {
  const plan = await stageElements(...LARGE);
  const { page } = await openPage(plan.link(), { view: "document", viewport: { width: 1440, height: 900 } });
  const part = page.getByTestId("part-el_queue");
  const height = async () => (await part.locator(".card").boundingBox())?.height;
  // What is out of sight has not been laid out yet.
  await part.locator(".card-head").click();
  const before = await height();
  for (const text of ["And the backup?", "Who restores?", "How long?", "Where to?", "At what price?"]) {
    await part.locator(".card-head").click();
    await page.keyboard.press("c");
    await page.getByTestId("comment-input").fill(text);
    await page.keyboard.press("Enter");
    await part.getByText(text).waitFor();
  }
  // Nobody else knows of it yet: there is nothing to answer.
  expect(await page.getByTestId("comment-reply").count()).toBe(0);
  await sendReview(page);
  const thread = part.locator(".thread", { hasText: "Who restores?" });
  await thread.getByTestId("comment-reply").focus();
  await page.keyboard.press("Enter");
  await thread.locator("[data-testid=reply-input]:focus").waitFor();
  await page.keyboard.type("The one on call");
  await page.keyboard.press("Enter");
  await thread.getByTestId("send-now").click();
  await plan.until("the reply", ({ comments }) => comments[1]?.thread[0]?.text === "The one on call");
  expect(await height()).toBe(before ?? 0);
  await thread.getByTestId("comment-resolve").click();
  await plan.until("resolved", ({ comments }) => comments[1]?.resolved === true);
  await thread.waitFor({ state: "detached" });
}, 90_000);
