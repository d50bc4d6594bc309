import { expect, test } from "bun:test";
import type { Plan } from "../../../src/plans/plan.ts";
import { until } from "../../until.ts";
import { middleOf, setStage } from "../stage.ts";
import { drag, openPlan, sendReview } from "./page-rig.ts";

setStage();

function isMoved({ elements }: Plan): boolean {
  return elements.some(({ id, x }) => id === "el_note" && x > 50);
}

test("a drag is one edit, undo takes it back and redo does it again", async () => {
  const open = await openPlan();
  const { revision } = (await open.stored()).plan;
  const from = await middleOf(open.page, "[data-testid=element-el_note] .card-head");
  await drag(open, from, { x: from.x + 90, y: from.y + 40 });
  await open.until("the note is elsewhere", isMoved);
  expect((await open.stored()).plan.revision).toBe(revision + 1);
  await open.page.getByTestId("undo").click();
  await open.until("the note is back", (plan) => !isMoved(plan));
  await open.page.keyboard.press("Control+Shift+z");
  await open.until("the note is there again", isMoved);
}, 30_000);

test("undo leaves alone what somebody else has moved since, and says so", async () => {
  const open = await openPlan();
  const from = await middleOf(open.page, "[data-testid=element-el_note] .card-head");
  await drag(open, from, { x: from.x + 90, y: from.y + 40 });
  await open.until("the note is elsewhere", isMoved);
  await open.agent(
    { op: "update_element", id: "el_note", changes: { x: 60, y: 700 } },
    { op: "update_element", id: "el_task", changes: { title: "Seen" } },
  );
  await open.element("el_task").getByText("Seen").waitFor();
  await open.page.getByTestId("undo").click();
  await open.page.getByTestId("notice-info").waitFor();
  const { elements } = (await open.stored()).plan;
  expect(elements.find(({ id }) => id === "el_note")).toMatchObject({ x: 60, y: 700 });
}, 30_000);

test("texts are edited in place: Control and Enter saves, Escape does not", async () => {
  const open = await openPlan();
  await open.element("el_note").getByTestId("element-content").dblclick();
  await open.page.getByTestId("element-content-input").fill("**Loud** <img src=x onerror=alert(1)>");
  await open.page.keyboard.press("Control+Enter");
  await open.until("the text", ({ elements }) => elements.some(({ content }) => content.startsWith("**Loud**")));
  await open.element("el_note").locator("strong").waitFor();
  expect(await open.element("el_note").locator("img").count()).toBe(0);
  await open.element("el_note").getByTestId("element-title").dblclick();
  await open.page.keyboard.type("not this");
  await open.page.keyboard.press("Escape");
  expect(await open.element("el_note").getByTestId("element-title").innerText()).toBe("Remember");
}, 30_000);

test("Enter that ends the composing of a word ends neither a label nor the title", async () => {
  const { page } = await openPlan();
  const composed = { key: "Enter", bubbles: true, isComposing: true };
  await page.getByTestId("connection-label-conn_1").dblclick();
  await page.getByTestId("connection-label-input").dispatchEvent("keydown", composed);
  expect(await page.getByTestId("connection-label-input").isVisible()).toBe(true);
  const title = page.getByTestId("plan-title");
  await title.focus();
  await title.dispatchEvent("keydown", composed);
  expect(await page.evaluate<string>("document.activeElement.dataset.testid")).toBe("plan-title");
}, 30_000);

test("leaving an element saves, by a click beside its texts as well", async () => {
  const open = await openPlan();
  await open.element("el_note").getByTestId("element-content").dblclick();
  await open.page.getByTestId("element-content-input").fill("Kept");
  await open.element("el_note").locator(".badge").click();
  await open.until("the text", ({ elements }) => elements.some(({ content }) => content === "Kept"));
  await open.element("el_question").getByTestId("element-answer-input").fill("EU");
  await open.element("el_task").getByRole("checkbox").focus();
  await open.until("the answer", ({ elements }) => elements.some(({ answer }) => answer === "EU"));
  await open.element("el_task").getByTestId("element-content").dblclick();
  await open.page.getByTestId("element-content-input").fill("Two of them");
  await open.element("el_task").getByRole("checkbox").click();
  await open.page.getByTestId("plan-title").focus();
  await open.until("the task", ({ elements }) => elements.some(({ content }) => content === "Two of them"));
}, 30_000);

test("elements are connected by dragging from a handle to anywhere on the other one", async () => {
  const open = await openPlan();
  await open.element("el_note").hover();
  const handle = await middleOf(open.page, "[data-testid=element-el_note] .react-flow__handle-right");
  await drag(open, handle, await middleOf(open.page, "[data-testid=element-el_task] .card-body"));
  await open.until("the connection", ({ connections }) =>
    connections.some(({ from, to }) => from === "el_note" && to === "el_task"),
  );
}, 30_000);

test("a task is checked, a question answered, an element added and deleted", async () => {
  const open = await openPlan();
  await open.element("el_task").getByRole("checkbox").click();
  await open.until("the task is done", ({ elements }) => elements.some(({ done }) => done === true));
  await open.element("el_question").getByTestId("element-answer-input").fill("EU");
  await open.page.keyboard.press("Control+Enter");
  await open.until("the answer", ({ elements }) => elements.some(({ answer }) => answer === "EU"));
  await open.page.getByTestId("add-decision").click();
  await open.page.keyboard.type("We do it");
  await open.page.keyboard.press("Enter");
  await open.until("the new one", ({ elements }) =>
    elements.some(({ type, title }) => type === "decision" && title === "We do it"),
  );
  await open.page.keyboard.press("Delete");
  await open.until("it is gone", ({ elements }) => elements.every(({ type }) => type !== "decision"));
}, 30_000);

test("comments are pinned to an element or to the canvas, replied to and resolved", async () => {
  const open = await openPlan();
  await open.element("el_task").locator(".card-head").click();
  await open.page.keyboard.press("c");
  await open.page.getByTestId("comment-input").fill("Which type?");
  await open.page.getByTestId("comment-send").click();
  await open.page.keyboard.press("Escape");
  await open.page.keyboard.press("c");
  await open.page.mouse.click(900, 650);
  await open.page.getByTestId("comment-input").fill("Room for more");
  await open.page.keyboard.press("Enter");
  await open.page.getByTestId("finish-review").getByText("2 comments").waitFor();
  expect((await open.stored()).plan.comments).toEqual([]);
  await sendReview(open.page);
  const { comments } = (await open.stored()).plan;
  expect(comments.map(({ elementId }) => elementId)).toEqual(["el_task", null]);
  await open.page.getByTestId(`comment-pin-${comments[0]?.id}`).click();
  await open.page.getByTestId("comments-panel").waitFor();
  await open.page.getByTestId("reply-input").fill("Text");
  await open.page.getByTestId("reply-send").click();
  await open.page.getByTestId("send-now").click();
  await open.until("the reply", (plan) => plan.comments[0]?.thread[0]?.text === "Text");
  await open.page.getByTestId(`comment-${comments[0]?.id}`).getByTestId("comment-resolve").click();
  await open.until("resolved", (plan) => plan.comments[0]?.resolved === true);
  await open.page.getByTestId(`comment-pin-${comments[0]?.id}`).waitFor({ state: "detached" });
}, 30_000);

test("the page says that the agent waits; a decision goes with its note, and may be changed", async () => {
  const open = await openPlan();
  const review = open.page.getByTestId("review-state");
  expect(await review.innerText()).toContain("The agent waits for you");
  await open.page.getByTestId("request-changes").click();
  await open.page.getByTestId("decision-note").fill("Smaller, please");
  await open.page.getByTestId("decision-confirm").click();
  await open.page.getByTestId("plan-status").and(open.page.getByText("Changes requested")).waitFor();
  expect((await open.stored()).meta.review).toMatchObject({ decision: "changes_requested", note: "Smaller, please" });
  expect(await review.innerText()).toContain("Smaller, please");
  await open.page.getByTestId("decided").click();
  await open.page.getByTestId("choice-approved").click();
  await open.page.getByTestId("decision-confirm").click();
  await open.page.getByTestId("decided").getByText("Approved").waitFor();
  expect(await open.page.getByTestId("decided").innerText()).toMatch(/\d.*, revision \d+ · change/);
}, 30_000);

test("an agent's answer is an assumption without the tick of an answer, until the person says that it is right", async () => {
  const open = await openPlan();
  const question = open.element("el_question");
  await open.agent({ op: "update_element", id: "el_question", changes: { answer: "EU" } });
  await question.getByTestId("assumption").getByText("Assumed by thor").waitFor();
  expect(await question.locator("[data-answered]").count()).toBe(0);
  await question.getByTestId("confirm-answer").click();
  await question.locator("[data-answered]").waitFor();
  expect(await question.getByTestId("assumption").count()).toBe(0);
  await open.until("whose it is", ({ elements }) => elements.some(({ answeredBy }) => answeredBy === "user"));
}, 30_000);

test("an approval shows what an agent has changed since, and not what the person has", async () => {
  const open = await openPlan();
  const { page } = open;
  await page.getByTestId("approve").click();
  await page.getByTestId("decision-confirm").click();
  await page.getByTestId("plan-status").and(page.getByText("Approved")).waitFor();
  await open.element("el_task").getByRole("checkbox").click();
  await open.until("the tick", ({ elements }) => elements.some(({ done }) => done === true));
  expect(await page.getByTestId("standing").count()).toBe(0);
  await open.agent(
    { op: "update_element", id: "el_task", changes: { title: "Drop the table" } },
    { op: "delete_element", id: "el_note" },
  );
  await page.getByTestId("standing").getByText("changed since you approved (2)").waitFor();
}, 30_000);

test("an approval that only the file tells of is shown as none, until one click confirms it", async () => {
  const open = await openPlan();
  await open.claim("approved");
  const standing = open.page.getByTestId("standing");
  await standing.getByText("not decided: approved is set in the file, not decided by you").waitFor();
  expect((await open.stored()).meta.status).toBe("in-progress");
  await open.page.getByTestId("confirm-claim").click();
  await open.page.getByTestId("plan-status").and(open.page.getByText("Approved")).waitFor();
  await standing.waitFor({ state: "detached" });
  expect((await open.stored()).meta.status).toBe("approved");
}, 30_000);

test("what an agent changes while the person decides stops the decision, and says what it was", async () => {
  const open = await openPlan();
  const { page } = open;
  await page.getByTestId("approve").click();
  await page.getByTestId("decision-note").fill("Go");
  await open.agent({ op: "update_element", id: "el_task", changes: { title: "Drop the table" } });
  await open.element("el_task").getByText("Drop the table").waitFor();
  await page.getByTestId("decision-confirm").click();
  await page.getByRole("alert").getByText('"Drop the table" updated (title)').waitFor();
  expect((await open.stored()).meta.status).not.toBe("approved");
  await page.getByTestId("decision-confirm").click();
  await until("it is decided", async () => (await open.stored()).meta.review.note === "Go");
}, 30_000);

test("what the agent does arrives without a reload, and code and diagrams are drawn", async () => {
  const open = await openPlan();
  await open.agent(
    { op: "update_element", id: "el_task", changes: { title: "Add two columns" } },
    {
      op: "add_element",
      element: { id: "el_code", type: "code", language: "ts", content: "const a = 1;", x: 420, y: 300 },
    },
    {
      op: "add_element",
      element: { id: "el_drawn", type: "diagram", content: "flowchart LR\n A[<script>x</script>] --> B", x: 0, y: 480 },
    },
    {
      op: "add_element",
      element: { id: "el_sized", type: "diagram", content: "journey\n section Work\n Tea: 5: Me", x: 840, y: 480 },
    },
    { op: "add_element", element: { id: "el_wrong", type: "diagram", content: "flowchart LR\n A[", x: 420, y: 480 } },
  );
  await open.element("el_task").getByText("Add two columns").waitFor();
  await open.page.getByTestId("fit-view").click();
  await open.element("el_code").locator(".hljs-keyword").waitFor();
  await open.element("el_drawn").locator("img.diagram").waitFor();
  await open.element("el_sized").locator("img.diagram").waitFor();
  const widths = "[...document.querySelectorAll('img.diagram')].map((image) => image.naturalWidth)";
  await until("images that can be shown", async () =>
    (await open.page.evaluate<number[]>(widths)).every((width) => width > 50),
  );
  await open.element("el_wrong").getByText("cannot be drawn").waitFor();
}, 30_000);

const PASTE_A_LARGE_IMAGE = `(async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 3000, height: 2000 });
  canvas.getContext("2d").fillRect(10, 10, 500, 500);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve));
  const data = new DataTransfer();
  data.items.add(new File([blob], "shot.png", { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data }));
})()`;

test("an image that is pasted becomes an element of less than a megabyte", async () => {
  const open = await openPlan();
  await open.page.evaluate(PASTE_A_LARGE_IMAGE);
  await open.until("the image", ({ elements }) => elements.some(({ type }) => type === "image"));
  const image = (await open.stored()).plan.elements.find(({ type }) => type === "image");
  expect(image?.content).toStartWith("data:image/webp;base64,");
  expect(image?.content.length).toBeLessThan(1_000_000);
}, 30_000);

const PASTE_CELLS = `(async () => {
  const blob = await new Promise((resolve) => document.createElement("canvas").toBlob(resolve));
  const data = new DataTransfer();
  data.items.add("a cell", "text/plain");
  data.items.add(new File([blob], "image.png", { type: "image/png" }));
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
})()`;

test("a text that is pasted into a field with a picture of it, as from a table, is no image", async () => {
  const open = await openPlan();
  await open.element("el_note").getByTestId("element-content").dblclick();
  await open.page.getByTestId("element-content-input").fill("Written");
  await open.page.evaluate(PASTE_CELLS);
  await open.page.keyboard.press("Control+Enter");
  await open.until("the text", ({ elements }) => elements.some(({ content }) => content === "Written"));
  await open.element("el_task").getByRole("checkbox").click();
  await open.until("the next edit", ({ elements }) => elements.some(({ done }) => done === true));
  expect((await open.stored()).plan.elements.map(({ type }) => type)).not.toContain("image");
}, 30_000);

test("two pages stay in step", async () => {
  const open = await openPlan();
  const other = await open.page.context().newPage();
  await other.goto(open.page.url());
  await other.getByTestId("element-el_task").waitFor();
  await open.element("el_task").getByRole("checkbox").click();
  await until(
    "the other page shows it",
    async () => await other.getByTestId("element-el_task").getByRole("checkbox").isChecked(),
  );
}, 30_000);
