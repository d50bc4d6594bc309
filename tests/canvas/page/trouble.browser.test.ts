import { expect, test } from "bun:test";
import { until } from "../../until.ts";
import { setStage } from "../stage.ts";
import { openPlan, type OpenPlan } from "./page-rig.ts";

setStage();

async function writeInto(open: OpenPlan, id: string, text: string): Promise<void> {
  await open.element(id).getByTestId("element-content").dblclick();
  await open.page.getByTestId("element-content-input").fill(text);
}

function contentOf(id: string, content: string) {
  return (plan: { readonly elements: readonly { readonly id: string; readonly content: string }[] }) =>
    plan.elements.some((element) => element.id === id && element.content === content);
}

test("a text that is being written is never overwritten; where both have changed it, the person chooses", async () => {
  const open = await openPlan();
  await writeInto(open, "el_note", "mine");
  await open.agent(
    { op: "update_element", id: "el_note", changes: { content: "theirs" } },
    { op: "update_element", id: "el_task", changes: { title: "Seen" } },
  );
  await open.element("el_task").getByText("Seen").waitFor();
  expect(await open.page.getByTestId("element-content-input").inputValue()).toBe("mine");
  await open.page.keyboard.press("Control+Enter");
  const notice = open.page.getByTestId("notice-conflict");
  expect(await notice.innerText()).toContain("theirs");
  await open.until("nothing is overwritten", contentOf("el_note", "theirs"));
  await open.page.getByTestId("keep-mine").click();
  await open.until("the person's text", contentOf("el_note", "mine"));
  await notice.waitFor({ state: "detached" });
}, 30_000);

test("a label that an agent changes while the person looks at it stays; where both have changed it, the person chooses", async () => {
  const open = await openPlan();
  const { page } = open;
  const relabel = async (label: string) => {
    await open.agent({ op: "update_connection", id: "conn_1", changes: { label } });
    await page.locator(`.react-flow__edge[aria-label$="${label}"]`).waitFor({ state: "attached" });
  };
  await page.getByTestId("connection-label-conn_1").dblclick();
  await relabel("one");
  await page.keyboard.press("Enter");
  await open.element("el_task").locator(".card-head").click();
  await page.keyboard.press("l");
  await page.getByLabel("Label of the connection from").focus();
  await relabel("two");
  await page.keyboard.press("Tab");
  await page.getByLabel("Label of the connection from").fill("mine");
  await relabel("three");
  await page.keyboard.press("Tab");
  await page.getByTestId("notice-conflict").waitFor();
  await open.until("nothing is overwritten", ({ connections }) => connections[0]?.label === "three");
  // Taking back what was never done would offer the text of before as the person's own.
  expect(await page.getByTestId("undo").isDisabled()).toBe(true);
}, 30_000);

test("a title of the plan that another gives while the person writes one is not overwritten; the person chooses", async () => {
  const open = await openPlan();
  const { page } = open;
  await page.getByTestId("plan-title").fill("mine");
  await open.agent(
    { op: "set_title", title: "theirs" },
    { op: "update_element", id: "el_task", changes: { title: "Seen" } },
  );
  await open.element("el_task").getByText("Seen").waitFor();
  await page.getByTestId("plan-title").press("Enter");
  expect(await page.getByTestId("notice-conflict").innerText()).toContain("theirs");
  await open.until("nothing is overwritten", ({ title }) => title === "theirs");
  await page.getByTestId("keep-mine").click();
  await open.until("the person's title", ({ title }) => title === "mine");
}, 30_000);

test("a text that is nested too deep to be drawn is shown as it is, and the page goes on", async () => {
  const open = await openPlan();
  const list = Array.from({ length: 400 }, (_, depth) => `${"  ".repeat(depth)}- deep`).join("\n");
  for (const content of [`${">".repeat(900)} deep`, list, `deep ${"[".repeat(9000)}`]) {
    await open.agent({ op: "update_element", id: "el_note", changes: { content } });
    await open.element("el_note").getByText("deep").first().waitFor();
    await open.agent({ op: "update_element", id: "el_note", changes: { content: "flat" } });
    await open.element("el_note").getByText("flat").waitFor({ timeout: 4000 });
  }
}, 30_000);

test("the text of an element that the agent deletes meanwhile can be added again", async () => {
  const open = await openPlan();
  await writeInto(open, "el_note", "not lost");
  await open.agent({ op: "delete_element", id: "el_note" });
  await open.page.getByTestId("add-again").click();
  await open.until("the text is back", ({ elements }) =>
    elements.some(({ id, type, content }) => id !== "el_note" && type === "note" && content === "not lost"),
  );
}, 30_000);

test("without a connection the page says so and keeps the edits, over a reload too, and sends them when it is back", async () => {
  const open = await openPlan();
  const { page } = open;
  await page.route("**/api/**", async (route) => await route.abort());
  await open.element("el_task").getByRole("checkbox").click();
  const banner = page.getByTestId("connection-banner");
  await banner.getByText("1 edit is kept").waitFor();
  await writeInto(open, "el_note", "written alone");
  await page.keyboard.press("Control+Enter");
  await banner.getByText("2 edits are kept").waitFor();
  expect(await open.element("el_note").getByTestId("element-content").innerText()).toBe("written alone");
  await page.unroute("**/api/**");
  await page.reload();
  await open.until(
    "both edits",
    (plan) => contentOf("el_note", "written alone")(plan) && plan.elements.some(({ done }) => done === true),
  );
  await banner.waitFor({ state: "detached" });
}, 30_000);

test("a connection that comes back is found without a reload", async () => {
  const open = await openPlan();
  const { page } = open;
  await page.route("**/api/**", async (route) => await route.abort());
  await open.element("el_task").getByRole("checkbox").click();
  await page.getByTestId("connection-banner").waitFor();
  await page.unroute("**/api/**");
  await open.until("the edit", ({ elements }) => elements.some(({ done }) => done === true));
  await page.getByTestId("connection-banner").waitFor({ state: "detached" });
  await open.agent({ op: "update_element", id: "el_task", changes: { title: "Live again" } });
  await open.element("el_task").getByText("Live again").waitFor();
}, 30_000);

test("where the server is there but cannot write, the page says what it says, and sends the edit again", async () => {
  const open = await openPlan();
  const problem = { reason: "unwritable", message: "The plan could not be written: the disk is full." };
  await open.page.route("**/edits", async (route) => {
    await route.fulfill({ status: 500, json: { error: problem.message, problem } });
  });
  await open.element("el_task").getByRole("checkbox").click();
  const banner = open.page.getByTestId("connection-banner");
  await banner.getByText("the disk is full. You can go on").waitFor();
  // The stream is opened again meanwhile, and the edit refused again.
  await open.page.waitForResponse("**/edits");
  await banner.getByText("1 edit is kept").waitFor();
  expect(await banner.innerText()).not.toContain("No connection");
  await open.page.unroute("**/edits");
  await open.until("the edit", ({ elements }) => elements.some(({ done }) => done === true));
  await banner.waitFor({ state: "detached" });
}, 30_000);

test("a page whose server has been replaced says how to open it again, and lets the edits be taken along", async () => {
  const open = await openPlan();
  await open.page.route("**/api/**", async (route) => await route.fulfill({ status: 403, json: { error: "no" } }));
  await open.element("el_task").getByRole("checkbox").click();
  const banner = open.page.getByTestId("connection-banner");
  await banner.getByText(`/plan open ${open.slug}`).waitFor();
  const [download] = await Promise.all([
    open.page.waitForEvent("download"),
    banner.getByRole("button", { name: "Download" }).click(),
  ]);
  expect(JSON.parse(await Bun.file(await download.path()).text())).toEqual([
    { op: "update_element", id: "el_task", changes: { done: true } },
  ]);
}, 30_000);

test("a decision that cannot be sent keeps its note and says why", async () => {
  const open = await openPlan();
  await open.page.route("**/decision", async (route) => await route.abort());
  await open.page.getByTestId("reject").click();
  await open.page.getByTestId("decision-note").fill("Too early");
  await open.page.getByTestId("decision-confirm").click();
  await open.page.getByRole("alert").getByText("Not sent").waitFor();
  expect(await open.page.getByTestId("decision-note").inputValue()).toBe("Too early");
  await open.page.unroute("**/decision");
  await open.page.getByTestId("decision-confirm").click();
  await until("it is decided", async () => (await open.stored()).meta.review.note === "Too early");
}, 30_000);

test("a decision stops where an edit before it was refused, says so, and is sent when it is confirmed again", async () => {
  const open = await openPlan();
  const { page } = open;
  const held = Promise.withResolvers<void>();
  await page.route("**/edits", async (route) => {
    await held.promise;
    await route.continue();
  });
  await writeInto(open, "el_note", "mine");
  await page.keyboard.press("Control+Enter");
  await page.getByTestId("approve").click();
  await page.getByTestId("decision-note").fill("Go");
  await page.getByTestId("decision-confirm").click();
  await open.agent({ op: "update_element", id: "el_note", changes: { content: "theirs" } });
  held.resolve();
  await page.getByRole("alert").getByText("was not saved").waitFor();
  expect((await open.stored()).meta.status).not.toBe("approved");
  await page.getByTestId("decision-confirm").click();
  await until("it is decided", async () => (await open.stored()).meta.review.note === "Go");
}, 30_000);

test("a decision does not stop for a conflict that the person has settled", async () => {
  const open = await openPlan();
  const { page } = open;
  await writeInto(open, "el_note", "mine");
  await open.agent({ op: "update_element", id: "el_note", changes: { content: "theirs" } });
  await page.keyboard.press("Control+Enter");
  await page.getByTestId("take-theirs").click();
  await page.getByTestId("approve").click();
  await page.getByTestId("decision-confirm").click();
  await until("it is decided", async () => (await open.stored()).meta.status === "approved");
}, 30_000);

test("the answer to a decision whose dialog was left closes no other dialog", async () => {
  const open = await openPlan();
  const { page } = open;
  const held = Promise.withResolvers<void>();
  await page.route("**/decision", async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.getByTestId("approve").click();
  await page.getByTestId("decision-confirm").click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByTestId("reject").click();
  await page.getByTestId("decision-note").fill("On second thoughts");
  held.resolve();
  await page.getByTestId("notice-info").waitFor();
  expect(await page.getByTestId("decision-note").inputValue()).toBe("On second thoughts");
}, 30_000);
