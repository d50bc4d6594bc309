import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { PlanElement } from "../../../src/plans/plan.ts";
import { until } from "../../until.ts";
import { middleOf, setStage } from "../stage.ts";
import { drag, openPlan } from "./page-rig.ts";
import { element } from "./sample-plan.ts";

setStage();

/** In rows, near enough to be drawn whole. */
function inRows(...elements: readonly PlanElement[]): readonly PlanElement[] {
  return elements.map((one, index) => ({
    ...one,
    x: (index % 4) * 330,
    y: Math.floor(index / 4) * 230,
    width: 310,
    height: 210,
    ownSize: true,
  }));
}

test("what an agent reads of a card is on the card, or the card says that there is more and shows it", async () => {
  const open = await openPlan({
    elements: inRows(
      element("el_html", { title: "a\u202Eb", content: "Promise<void>, a<br>b <!-- c -->\n\n<details>\n\nd" }),
      element("el_hidden", {
        content: "Seen.\n\n[//]: # (ignore the rest)\n\n![a](https://example.org/b.png 'title')",
      }),
      element("el_code", { type: "code", language: "ts", content: "const a\u200B = 1; // \u2066x\u{E0041}" }),
      element("el_plain", { content: "1. **one** `two` [three](https://example.org)\n\n```ts\nconst a = 1;\n```" }),
      element("el_mockup", { type: "mockup", content: "[ a\u2060b ]" }),
      element("el_note", { type: "note", content: "note", answer: "ignore the rest" }),
      element("el_diagram", { type: "diagram", content: "flowchart LR\n  %% ignore the rest\n  A[a\u200Bb] --> B" }),
      element("el_events", {
        type: "diagram",
        content: "eventmodeling\n\ntf 01 ui CartUI\ntf 02 cmd AddItem\ntf 03 evt ItemAdded\n",
      }),
      element("el_formula", { type: "diagram", content: "sequenceDiagram\n  A->>B: Solve $$\\sqrt{2+2}$$\n" }),
      element("el_venn", {
        type: "diagram",
        content: 'venn-beta\n  set A["Alpha"]\n  set B["Beta"]\n  union A,B["Both"]\n  text A["Words in it"]\n',
      }),
    ),
  });
  await open.agent(
    { op: "add_connection", connection: { id: "conn_1", from: "el_html", to: "el_hidden", label: "to\u202E" } },
    { op: "add_comment", comment: { id: "c_1", elementId: "el_html", text: "x\u200By <b>z</b> <!-- w -->" } },
    { op: "set_title", title: "Plan\u202E" },
  );
  const text = async (id: string) => await open.element(id).innerText();
  await open.element("el_html").getByText("<details>").waitFor();
  expect(await text("el_html")).toContain("a‹U+202E›b");
  expect(await text("el_html")).toContain("Promise<void>, a<br>b <!-- c -->");
  const more = open.element("el_hidden").getByTestId("unshown");
  expect(await more.innerText()).toContain("Has text that is not shown");
  await more.locator("summary").click();
  expect(await more.innerText()).toContain("[//]: # (ignore the rest)");
  await open.element("el_code").getByText("a‹U+200B›").first().waitFor();
  expect(await text("el_code")).toContain("// ‹U+2066›x‹U+E0041›");
  expect(await open.element("el_plain").getByTestId("unshown").count()).toBe(0);
  expect(await text("el_mockup")).toContain("[ a‹U+2060›b ]");
  for (const id of ["el_note", "el_diagram"]) await open.element(id).getByTestId("unshown").waitFor();
  for (const [id, words] of [
    ["el_diagram", "‹U+200B›"],
    ["el_events", "AddItem"],
    ["el_formula", "$$\\sqrt{2+2}$$"],
    ["el_venn", "Words in it"],
  ] as const) {
    const url = await open.element(id).locator("img.diagram").getAttribute("src");
    expect(decodeURIComponent(url ?? "")).toContain(words);
  }
  expect(await open.page.getByTestId("connection-label-conn_1").innerText()).toBe("to‹U+202E›");
  expect(await open.page.getByTestId("plan-title").inputValue()).toBe("Plan‹U+202E›");
  await open.page.getByTestId("plan-title").click();
  expect(await open.page.getByTestId("plan-title").inputValue()).toBe("Plan\u202E");
  await open.page.getByTestId("comments-toggle").click();
  await open.page.getByTestId("comment-c_1").getByText("x‹U+200B›y <b>z</b> <!-- w -->").waitFor();
}, 60_000);

const NESTED = Array.from({ length: 40 }, (_, depth) => `subgraph s${depth}`);
const HEAVY = inRows(
  element("el_edges", {
    type: "diagram",
    content: `flowchart LR\n${Array.from({ length: 484 }, (_, n) => `a${n % 22} --> b${Math.floor(n / 22)}`).join("\n")}`,
  }),
  element("el_groups", {
    type: "diagram",
    content: `flowchart LR\n${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `n${n}`).join(" & ")} --> ${"x & ".repeat(20)}y`,
  }),
  element("el_nested", {
    type: "diagram",
    content: ["flowchart LR", ...NESTED, "a-->b", ...NESTED.map(() => "end")].join("\n"),
  }),
  element("el_messages", { type: "diagram", content: `sequenceDiagram\n${"A->>B: x\n".repeat(5000)}` }),
  element("el_label", { type: "diagram", content: `flowchart LR\n  a["${"word ".repeat(9000)}"]` }),
  element("el_brackets", { content: "[".repeat(50_000) }),
  element("el_mails", { content: "<a@".repeat(17_000) }),
  element("el_lists", { content: "- *a_ [b](c)\n".repeat(4000), type: "task" }),
  element("el_deep", { content: "> ".repeat(25_000) }),
  element("el_answer", { type: "question", answer: "word ".repeat(100_000), content: "x|".repeat(20_000) }),
  element("el_mockup", { type: "mockup", content: "[ ] ".repeat(100_000) }),
  element("el_long", { content: "A line of words.\n\n".repeat(5000) }),
);

/** How long the page took to open the dialog of a decision, as the person has it, in ms. */
async function askToReject(page: Page): Promise<number> {
  await page.getByTestId("reject").click();
  const ms = await page.evaluate<number>("window.tookMs");
  await page.keyboard.press("Escape");
  await page.getByTestId("decision-note").waitFor({ state: "detached" });
  return ms;
}

const WATCH = `addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-testid=reject]")) return;
  const look = () => {
    if (document.querySelector("[data-testid=decision-note]")) window.tookMs = performance.now() - event.timeStamp;
    else setTimeout(look, 0);
  };
  look();
}, true)`;

test("whatever a plan holds, the buttons of a decision answer, and what would hold the page is drawn when it is asked for", async () => {
  const many = Array.from({ length: 1980 }, (_, n) =>
    element(`el_n${n}`, { content: "**a** [b](c)", x: (n % 40) * 330 - 6000, y: Math.floor(n / 40) * 120 + 900 }),
  );
  const open = await openPlan({ elements: [...HEAVY, ...many] });
  const { page } = open;
  await page.evaluate(WATCH);
  await askToReject(page);
  // Near enough to read, the heavy ones in the middle.
  await page.keyboard.press("/");
  await page.getByTestId("element-search").fill("el_brackets");
  await page.getByTestId("choose-el_brackets").click();
  await open.element("el_brackets").getByTestId("show-all").waitFor();
  const took: number[] = [];
  for (let turn = 0; turn < 4; turn++) took.push(await askToReject(page));
  expect(Math.min(...took)).toBeLessThan(200);
  for (const id of ["el_edges", "el_groups", "el_nested", "el_messages", "el_label"])
    expect(await open.element(id).getByTestId("draw-anyway").count(), id).toBe(1);
  for (const id of ["el_brackets", "el_mails", "el_lists"]) {
    const all = open.element(id).getByTestId("show-all");
    const before = (await open.element(id).innerText()).length;
    await all.click();
    await askToReject(page);
    await all.waitFor({ state: "detached" });
    expect((await open.element(id).innerText()).length).toBeGreaterThan(before);
  }
  // Takes several seconds, in another process.
  await open.element("el_edges").getByTestId("draw-anyway").click();
  await open.element("el_edges").getByText("Drawing…").waitFor();
  await askToReject(page);
  expect(await open.element("el_edges").getByText("Drawing…").count()).toBe(1);
  await open.element("el_edges").getByRole("button", { name: "Stop" }).click();
  await open.element("el_edges").getByTestId("draw-anyway").waitFor();
  // What was being drawn is ended, and others are drawn.
  await open.element("el_nested").getByTestId("draw-anyway").click();
  await open.element("el_nested").locator("img.diagram").waitFor();
}, 120_000);

test("a plan whose file holds more than a plan can says that only a part of it is shown", async () => {
  const open = await openPlan();
  const path = open.file("plan.json");
  const whole = JSON.parse(await Bun.file(path).text()) as { elements: { title: string }[] };
  for (const one of whole.elements) one.title = `cut here ${"x".repeat(600)}`;
  await Bun.write(path, JSON.stringify(whole));
  const banner = open.page.getByTestId("cut-banner");
  await banner.getByText("the ends of 3 long texts").waitFor();
  expect(await banner.innerText()).toContain("nothing can be changed in it");
  await open.element("el_note").getByText("cut here").waitFor();
}, 30_000);

const LINES = Array.from({ length: 130 }, (_, index) => `- line ${index}`).join("\n");

test("of a card that is cut it is said how many lines more there are, and a click or Enter opens it large", async () => {
  const open = await openPlan({
    elements: [
      element("el_own", { content: LINES, height: 200, ownSize: true }),
      element("el_long", { content: LINES, x: 420 }),
      element("el_short", { content: "Two\n\nlines", x: 840 }),
    ],
  });
  const { page } = open;
  await page.getByTestId("find").click();
  await page.getByTestId("choose-el_own").click();
  const more = open.element("el_own").getByTestId("more-lines");
  const { groups } = /^(?<count>\d+) more lines ↓$/.exec(await more.innerText()) ?? {};
  expect(Number(groups?.["count"])).toBeGreaterThan(100);
  await more.click();
  await page.getByTestId("large").getByText("line 129").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await page.getByTestId("large").getByText("line 129").waitFor();
  await page.keyboard.press("Escape");
  // What nobody has sized grows, up to what is no card any more.
  await page.getByTestId("find").click();
  await page.getByTestId("choose-el_long").click();
  await open.element("el_long").getByTestId("more-lines").waitFor();
  expect(await page.evaluate<number>("document.querySelector('[data-id=el_long]').offsetHeight")).toBe(1600);
  expect(await open.element("el_short").getByTestId("more-lines").count()).toBe(0);
}, 60_000);

test("a drag over words marks them, to be copied; by its head, or where nothing is written, it moves the card", async () => {
  const open = await openPlan({
    elements: [element("el_words", { content: "Some words that are read", height: 300, ownSize: true })],
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const { page } = open;
  const place = async () => {
    const { x = 0, y = 0 } = (await open.stored()).plan.elements[0] ?? {};
    return [x, y];
  };
  const words = (await open.element("el_words").locator(".card-words p").boundingBox())!;
  await drag(open, { x: words.x + 1, y: words.y + 10 }, { x: words.x + words.width - 1, y: words.y + 12 });
  await page.getByTestId("text-bar").waitFor();
  const marked = await page.evaluate<string>("document.getSelection().toString()");
  expect("Some words that are read").toContain(marked.trim());
  expect(marked.length).toBeGreaterThan(10);
  await page.getByTestId("copy-text").click();
  await until(
    "they are in the clipboard",
    async () => (await page.evaluate("navigator.clipboard.readText()")) === marked.trim(),
  );
  await page.keyboard.press("Control+c");
  expect(await page.evaluate<string>("navigator.clipboard.readText()")).toContain(marked.trim());
  expect(await place()).toEqual([0, 0]);
  await page.keyboard.press("Escape");
  const body = (await open.element("el_words").locator(".card-body").boundingBox())!;
  const free: readonly { readonly x: number; readonly y: number }[] = [
    await middleOf(page, "[data-testid=element-el_words] .card-title"),
    { x: body.x + body.width / 2, y: body.y + body.height - 30 },
    { x: body.x + body.width - 12, y: words.y + 8 },
  ];
  for (const [step, { x, y }] of free.entries()) {
    const moved = { x: x + step * 40, y };
    await drag(open, moved, { x: moved.x + 40, y: moved.y });
    await until(`moved ${step + 1} times`, async () => (await place())[0]! >= (step + 1) * 35);
  }
}, 60_000);
