import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import type { Operation } from "../../../src/plans/operations.ts";
import type { Plan } from "../../../src/plans/plan.ts";
import { until } from "../../until.ts";
import { startRelay } from "./relay.ts";
import { sendReview } from "../page/page-rig.ts";
import { middleOf, openPage, setStage, stageElements, type StagedPlan } from "../stage.ts";

setStage();

const TWO: readonly Operation[] = [
  { op: "add_element", element: { id: "el_one", type: "text", title: "One", content: "First", x: 0, y: 0 } },
  { op: "add_element", element: { id: "el_two", type: "task", title: "Two", content: "Second", x: 460, y: 0 } },
];

const textOf = async (page: Page, id: string) =>
  await page.getByTestId(`element-${id}`).getByTestId("element-content").innerText();

async function write(page: Page, id: string, text: string): Promise<void> {
  await page.getByTestId(`element-${id}`).getByTestId("element-content").dblclick();
  await page.getByTestId("element-content-input").fill(text);
  await page.keyboard.press("Control+Enter");
}

function isContent(id: string, content: string) {
  return ({ elements }: Plan) => elements.some((element) => element.id === id && element.content === content);
}

function step(number: number): Operation {
  const place = { x: number * 40, y: -120 };
  return { op: "add_element", element: { id: `el_step${number}`, type: "note", title: `Step ${number}`, ...place } };
}

/** The same plan in two browsers. */
async function openTwice(plan: StagedPlan): Promise<[Page, Page]> {
  const [one, other] = await Promise.all([openPage(plan.link()), openPage(plan.link())]);
  return [one.page, other.page];
}

test("what one person and an agent of another process do at once is all there, on both pages and on disk", async () => {
  const plan = await stageElements(...TWO);
  const [one, other] = await openTwice(plan);
  const agentWorks = async () => {
    for (let number = 1; number <= 5; number += 1) await plan.agent(step(number));
  };
  await Promise.all([agentWorks(), write(one, "el_one", "By one"), write(other, "el_two", "By the other")]);
  for (const page of [one, other]) {
    await page.getByTestId("element-el_step5").waitFor();
    await until("both texts", async () => (await textOf(page, "el_one")) === "By one");
    await until("both texts", async () => (await textOf(page, "el_two")) === "By the other");
  }
  const { elements } = (await plan.stored()).plan;
  expect(elements.map(({ id }) => id).toSorted()).toEqual(
    ["el_one", "el_two", ...[1, 2, 3, 4, 5].map((number) => `el_step${number}`)].toSorted(),
  );
  expect(elements.find(({ id }) => id === "el_one")?.content).toBe("By one");
  expect(elements.find(({ id }) => id === "el_two")?.content).toBe("By the other");
}, 40_000);

test("a drag, an arrow, a comment with its reply and an approval are on the other page without a reload", async () => {
  const plan = await stageElements(...TWO);
  await plan.review();
  const [one, other] = await openTwice(plan);
  const before = await middleOf(other, "[data-testid=element-el_one]");
  const head = await middleOf(one, "[data-testid=element-el_one] .card-head");
  await one.mouse.move(head.x, head.y);
  await one.mouse.down();
  await one.mouse.move(head.x, head.y + 120, { steps: 6 });
  await one.mouse.up();
  await until("it moved there", async () => (await middleOf(other, "[data-testid=element-el_one]")).y > before.y + 60);

  await one.getByTestId("element-el_one").hover();
  const handle = await middleOf(one, "[data-testid=element-el_one] .react-flow__handle-right");
  const target = await middleOf(one, "[data-testid=element-el_two] .card-body");
  await one.mouse.move(handle.x, handle.y);
  await one.mouse.down();
  await one.mouse.move(target.x, target.y, { steps: 6 });
  await one.mouse.up();
  await other.locator(".react-flow__edge").waitFor({ state: "attached" });

  await one.getByTestId("element-el_two").locator(".card-head").click();
  await one.keyboard.press("c");
  await one.getByTestId("comment-input").fill("Why two?");
  await one.getByTestId("comment-send").click();
  await sendReview(one);
  await other.getByRole("button", { name: "Comment of user: Why two?" }).click();
  await other.getByTestId("reply-input").fill("Since one was not enough");
  await other.getByTestId("reply-send").click();
  await other.getByTestId("send-now").click();
  await one.getByRole("button", { name: "Comment of user: Why two?, 1 replies" }).waitFor();
  await plan.until("the reply", ({ comments }) => comments[0]?.thread[0]?.text === "Since one was not enough");

  await other.getByTestId("approve").click();
  await other.getByTestId("decision-note").fill("Good");
  await other.getByTestId("decision-confirm").click();
  await one.getByTestId("plan-status").and(one.getByText("Approved")).waitFor();
  expect((await plan.stored()).meta).toMatchObject({ status: "approved", review: { state: "decided", note: "Good" } });
}, 40_000);

test("undo takes back one's own doing only, and brings a deleted element back with its arrows and comments", async () => {
  const plan = await stageElements(
    ...TWO,
    { op: "add_connection", connection: { id: "conn_1", from: "el_one", to: "el_two", label: "then" } },
    { op: "add_comment", comment: { id: "c_1", elementId: "el_one", text: "Why?" } },
  );
  const { page } = await openPage(plan.link());
  await page.getByTestId("element-el_one").locator(".card-head").click();
  await page.keyboard.press("Delete");
  await plan.until("it is gone", ({ elements, connections }) => elements.length === 1 && connections.length === 0);
  await plan.agent({ op: "update_element", id: "el_two", changes: { title: "Two, by the agent" } });
  await page.getByText("Two, by the agent").waitFor();
  await page.keyboard.press("Control+z");
  await plan.until("it is back", ({ elements, connections, comments }) => {
    const isWhole = connections[0]?.label === "then" && comments[0]?.elementId === "el_one";
    return isWhole && elements.some(({ id, content }) => id === "el_one" && content === "First");
  });
  const { elements } = (await plan.stored()).plan;
  expect(elements.find(({ id }) => id === "el_two")?.title).toBe("Two, by the agent");
  await page.keyboard.press("Control+y");
  await plan.until("it is gone again", (now) => now.elements.length === 1);
}, 40_000);

test("while opencode cannot be reached the page says so and keeps what is done; it arrives when it is back", async () => {
  const plan = await stageElements(...TWO);
  const link = plan.link();
  const relay = await startRelay(Number(link.port));
  link.port = String(relay.port);
  const { page } = await openPage(link);
  await relay.cut();
  const banner = page.getByTestId("connection-banner");
  await banner.waitFor();
  await write(page, "el_one", "Written alone");
  await page.getByTestId("element-el_two").getByRole("checkbox").click();
  await banner.getByText("2 edits are kept").waitFor();
  await plan.agent({ op: "update_element", id: "el_two", changes: { title: "Meanwhile" } });
  await relay.restore();
  await banner.getByRole("button", { name: "Try now" }).click();
  await plan.until("the text", isContent("el_one", "Written alone"));
  await plan.until("the tick", ({ elements }) => elements.some(({ done }) => done === true));
  await page.getByText("Meanwhile").waitFor();
  await banner.waitFor({ state: "detached" });
  await relay.close();
}, 40_000);

test("a text that an agent changed while the page was cut off is not overwritten: both are offered", async () => {
  const plan = await stageElements(...TWO);
  const link = plan.link();
  const relay = await startRelay(Number(link.port));
  link.port = String(relay.port);
  const { page } = await openPage(link);
  await relay.cut();
  await write(page, "el_one", "Mine");
  await page.getByTestId("connection-banner").getByText("1 edit is kept").waitFor();
  await plan.agent({ op: "update_element", id: "el_one", changes: { content: "Theirs" } });
  await relay.restore();
  const notice = page.getByTestId("notice-conflict");
  await notice.waitFor();
  expect(await notice.innerText()).toContain("Mine");
  expect(await notice.innerText()).toContain("Theirs");
  await plan.until("nothing is lost", isContent("el_one", "Theirs"));
  await notice.getByTestId("take-theirs").click();
  await notice.waitFor({ state: "detached" });
  await until("theirs is shown", async () => (await textOf(page, "el_one")) === "Theirs");
  await relay.close();
}, 40_000);

test("a plan that is deleted, or broken by hand, stays on the page, which says so and lets nobody approve it", async () => {
  const plan = await stageElements(...TWO);
  const { page } = await openPage(plan.link());
  const path = plan.file("plan.json");
  const whole = await Bun.file(path).text();
  await writeFile(path, '{ "title": oops }');
  const banner = page.getByTestId("problem-banner");
  await banner.getByText("line 1").waitFor();
  expect(await textOf(page, "el_one")).toBe("First");
  await writeFile(path, whole.replace('"Second"', '"By hand"'));
  await banner.waitFor({ state: "detached" });
  await until("the new text", async () => (await textOf(page, "el_two")) === "By hand");
  await plan.delete();
  await banner.waitFor();
  expect(await textOf(page, "el_one")).toBe("First");
  await page.getByTestId("approve").click();
  await page.getByText("The plan cannot be read now, so it cannot be approved.").waitFor();
  expect(await page.getByTestId("decision-confirm").isDisabled()).toBe(true);
}, 40_000);

test("an answer of the server that arrives after newer news does not undo it", async () => {
  const plan = await stageElements(...TWO);
  await plan.review();
  const { page } = await openPage(plan.link());
  const waits = page.getByText("The agent waits for you");
  await waits.waitFor();
  await page.route("**/decision", async (route) => {
    const answer = await route.fetch();
    // Before the answer is there, an agent has asked again.
    await page.getByTestId("plan-status").and(page.getByText("Changes requested")).waitFor();
    await plan.review("ses_2");
    await waits.waitFor();
    await route.fulfill({ response: answer });
  });
  await page.getByTestId("request-changes").click();
  await page.getByTestId("decision-note").fill("Smaller");
  await page.getByTestId("decision-confirm").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await waits.isVisible()).toBe(true);
}, 40_000);

test("a plan that is deleted and made again is shown as it is now, though its count of revisions begins anew", async () => {
  const plan = await stageElements(...TWO);
  const { page } = await openPage(plan.link());
  await plan.delete();
  await page.getByTestId("problem-banner").waitFor();
  await plan.create();
  await page.getByTestId("element-el_start").waitFor();
  await page.getByTestId("problem-banner").waitFor({ state: "detached" });
}, 40_000);
