import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { runPlanWait } from "../../../src/host/tools/plan-wait-run.ts";
import { createPlanRig } from "../../host/plan-rig.ts";
import { sendReview } from "../page/page-rig.ts";
import { take } from "../seen-page.ts";
import { openPage, plansOfAgent, setStage, stageElements, type StagedPlan } from "../stage.ts";
import { until } from "../../until.ts";
import { LARGE } from "./large-plan.ts";

setStage();

/** The agent's wait, and whether it is over. */
function wait(plan: StagedPlan) {
  const { desk } = createPlanRig(plansOfAgent());
  const waiting = { isOver: false, answer: Promise.resolve({} as Record<string, unknown>) };
  const context = { sessionID: "ses_1", abort: new AbortController().signal };
  waiting.answer = runPlanWait(async () => desk, { planSlug: plan.slug }, context).then((answer) => {
    waiting.isOver = true;
    return JSON.parse(typeof answer === "string" ? answer : answer.output) as Record<string, unknown>;
  });
  return waiting;
}

/** Marks words of a part as a person does with a mouse, and opens what can be done with them. */
async function mark(page: Page, id: string, words: string): Promise<void> {
  await page.getByTestId(`part-${id}`).scrollIntoViewIfNeeded();
  await page.evaluate(
    `(() => {
      const words = ${JSON.stringify(words)};
      const root = document.querySelector("#part-${id} .card-words");
      const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const at = node.data.indexOf(words);
        if (at === -1) continue;
        getSelection().setBaseAndExtent(node, at, node, at + words.length);
        return;
      }
      throw new Error("no such words");
    })()`,
  );
  await page.getByTestId("text-bar").waitFor();
}

test("comments on marked words, a suggestion and an edit are collected over a reload, and the wait returns once with all of them", async () => {
  const plan = await stageElements(...LARGE);
  const { page } = await openPage(plan.link(), {
    view: "document",
    viewport: { width: 1440, height: 900 },
  });
  const waiting = wait(plan);
  await page.getByText("The agent waits for you").waitFor();
  for (const [id, words, text] of [
    ["el_goal", "retried", "How often?"],
    ["el_context", "14 incidents", "Where is that from?"],
    ["el_delay", "drains for", "And then?"],
    ["el_not", "Priorities per tenant", "Pity"],
  ] as const) {
    await mark(page, id, words);
    await page.getByTestId("comment-text").click();
    await page.getByTestId("comment-input").fill(text);
    await page.getByTestId("comment-send").click();
  }
  await mark(page, "el_roll", "job by job");
  await page.keyboard.press("s");
  expect(await page.getByTestId("comment-input").inputValue()).toBe("job by job");
  await page.getByTestId("comment-input").fill("queue by queue");
  await take(page, "review-suggest");
  await page.getByTestId("comment-send").click();
  await page.getByTestId("part-el_not").getByTestId("element-content").dblclick();
  await page.getByTestId("element-content-input").fill("Only priorities.");
  await page.keyboard.press("Control+Enter");
  await page.getByTestId("finish-review").getByText("Finish review (5 comments, 1 edit)").waitFor();
  await page.reload();
  await page.getByTestId("finish-review").getByText("Finish review (5 comments, 1 edit)").waitFor();
  expect((await plan.stored()).plan.comments).toEqual([]);
  expect(waiting.isOver).toBe(false);
  await page.getByTestId("request-changes").click();
  expect(await page.getByTestId("review-facts").innerText()).toMatch(/Revision \d+ · 5 comments open · \d question/);
  await take(page, "review-finish");
  await page.getByTestId("decision-confirm").click();
  const answer = await waiting.answer;
  expect(answer).toMatchObject({ status: "changes_requested", edits: [{ id: "el_not", fields: ["content"] }] });
  expect(answer["newComments"]).toMatchObject([
    { elementId: "el_goal", text: "How often?", quote: { text: "retried", offset: 40 } },
    { elementId: "el_context", quote: { text: "14 incidents" } },
    { elementId: "el_delay" },
    { elementId: "el_not" },
    { elementId: "el_roll", text: "queue by queue", suggestion: "queue by queue", quote: { text: "job by job" } },
  ]);
  await page.getByTestId("decided").getByText("Changes requested").waitFor();

  // The next version: what is another is marked, with what it said before, and nothing else has moved.
  const placeOf = async (id: string) => {
    const element = (await plan.stored()).plan.elements.find((one) => one.id === id);
    return [element?.x, element?.y];
  };
  const places = [await placeOf("el_queue"), await placeOf("el_t5")];
  await plan.agent({ op: "update_element", id: "el_risk", changes: { x: 9000 } });
  await plan.agent(
    { op: "update_element", id: "el_goal", changes: { content: "Jobs survive a reboot, and are retried 8 times." } },
    { op: "add_element", element: { id: "el_new", type: "note", title: "Where the 14 are from", content: "The log." } },
    { op: "add_connection", connection: { id: "conn_new", from: "el_context", to: "el_new" } },
  );
  expect([await placeOf("el_queue"), await placeOf("el_t5")]).toEqual(places);
  await page.getByTestId("changes-bar").getByText("3 changes, 1 moved since your review").waitFor();
  const again = wait(plan);
  await page.getByTestId("next-change").click();
  await page.getByTestId("change-el_goal").locator("del").getByText("can be **seen**").waitFor();
  await page.getByTestId("next-change").click();
  await page.getByTestId("change-el_new").getByText("New since your review").waitFor();
  await page.getByTestId("change-el_risk").getByText("Moved since your review").waitFor({ state: "attached" });
  expect(await page.locator(".change-mark").count()).toBe(3);
  await page.getByTestId("part-el_goal").scrollIntoViewIfNeeded();
  await take(page, "review-changes");
  await page.getByText("The agent waits for you").waitFor();

  // What it was can be looked at, and gone back to, and that undone.
  await page.getByTestId("history").click();
  await page
    .getByTestId("history-panel")
    .getByText("changed “Goal”; new “Where the 14 are from”; 1 connection")
    .waitFor();
  const isInSight = async (id: string) => {
    const { y = -1, height = 0 } = (await page.getByTestId(`change-${id}`).boundingBox()) ?? {};
    return y >= 0 && y + height <= 900;
  };
  await page.getByTestId("part-el_new").scrollIntoViewIfNeeded();
  await page.locator(".revision").first().click();
  await page
    .getByTestId("past-bar")
    .getByText(/^Revision \d+, thor/)
    .waitFor();
  await page.getByTestId("change-el_goal").getByText("Changed in this revision").waitFor();
  await until("its first change is in sight", async () => await isInSight("el_goal"));
  await page.getByTestId("past-bar").getByTestId("next-change").click();
  await until("so is the next one", async () => await isInSight("el_new"));
  await page.locator(".revision").nth(1).click();
  await page.getByTestId("part-el_goal").getByText("can be seen").first().waitFor();
  expect(await page.getByTestId("approve").count()).toBe(0);
  await page.getByTestId("part-el_goal").getByTestId("element-content").dblclick();
  await page.getByText("nothing can be changed here").first().waitFor();
  await take(page, "review-history");
  await page.getByTestId("go-back").click();
  await plan.until("it is as it was", ({ elements }) => !elements.some(({ id }) => id === "el_new"));
  await page.getByTestId("undo").click();
  await plan.until(
    "it is as it had become",
    ({ elements, connections }) =>
      elements.some(({ id }) => id === "el_new") && connections.some(({ id }) => id === "conn_new"),
  );
  await page.getByTestId("history").click();
  await page.getByTestId("approve").click();
  expect(await page.getByTestId("review-facts").innerText()).toContain("3 changes since your last review");
  await page.getByTestId("decision-confirm").click();
  expect(await again.answer).toMatchObject({ status: "approved", newComments: [] });
}, 150_000);

test("one comment is sent now, moves call nobody, and comments without a decision leave the review open", async () => {
  const plan = await stageElements(...LARGE);
  const { page } = await openPage(plan.link(), { viewport: { width: 1440, height: 900 } });
  const first = wait(plan);
  await page.getByText("The agent waits for you").waitFor();
  await page.keyboard.press("n");
  await page.keyboard.press("ArrowRight");
  await plan.until("it is moved", ({ elements }) => elements.some(({ autoPlaced }) => autoPlaced !== true));
  await page.keyboard.press("c");
  await page.getByTestId("comment-input").fill("At once");
  await page.keyboard.press("Enter");
  expect(first.isOver).toBe(false);
  await page.getByRole("button", { name: "Comment of user: At once" }).click();
  await page.getByTestId("send-now").click();
  expect(await first.answer).toMatchObject({
    status: "feedback_received",
    newComments: [{ text: "At once" }],
    edits: [],
  });
  const second = wait(plan);
  await page.getByTestId("reply-input").fill("And this");
  await page.getByTestId("reply-send").click();
  await sendReview(page);
  expect(await second.answer).toMatchObject({
    status: "feedback_received",
    newComments: [{ thread: [{ text: "And this" }] }],
  });
  await page.getByText("The agent waits for you").waitFor();
  await page.getByTestId("request-changes").click();
  expect(await page.getByTestId("decision-confirm").isDisabled()).toBe(true);
}, 90_000);
