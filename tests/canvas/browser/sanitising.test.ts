import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { Operation } from "../../../src/plans/operations.ts";
import { ELSEWHERE, HTML_PAYLOADS, MARKDOWN_PAYLOADS, MERMAID_PAYLOADS, SVG_IMAGE } from "./payloads.ts";
import { openPage, setStage, stageElements, type StagedPlan } from "../stage.ts";

setStage();

const ALL = [...HTML_PAYLOADS, ...MARKDOWN_PAYLOADS];
const EVERYTHING = ALL.join("\n\n");

const ELEMENTS: readonly Operation[] = [
  ...ALL.map((payload, index): Operation => element(`el_text${index}`, "text", { title: payload, content: payload })),
  ...MERMAID_PAYLOADS.map((content, index): Operation => element(`el_drawn${index}`, "diagram", { content })),
  element("el_task", "task", { title: HTML_PAYLOADS.slice(0, 5).join(" "), content: EVERYTHING }),
  element("el_note", "note", { content: EVERYTHING }),
  element("el_decision", "decision", { content: EVERYTHING }),
  element("el_question", "question", { content: EVERYTHING, answer: EVERYTHING }),
  element("el_code", "code", { content: EVERYTHING, language: 'html" onload="window.ran=1' }),
  element("el_mockup", "mockup", { content: EVERYTHING }),
  element("el_image", "image", { title: '" onerror="window.ran=1', content: SVG_IMAGE }),
  element("el_linked", "image", { content: SVG_IMAGE }),
  element("el_strange", '"><script>window.ran=1</script>', { content: EVERYTHING }),
];

/** Every place that a text of a plan can be in. */
const OPERATIONS: readonly Operation[] = [
  { op: "set_title", title: HTML_PAYLOADS.slice(0, 2).join(" ") },
  ...ELEMENTS.map(inGrid),
  {
    op: "add_connection",
    connection: { id: "conn_1", from: "el_task", to: "el_note", label: HTML_PAYLOADS.slice(0, 3).join(" ") },
  },
  { op: "add_comment", comment: { id: "c_1", elementId: "el_task", text: EVERYTHING } },
  { op: "add_comment", comment: { id: "c_2", elementId: null, x: 0, y: -100, text: EVERYTHING } },
  { op: "reply_to_comment", commentId: "c_1", reply: { id: "r_1", text: EVERYTHING } },
];

function element(id: string, type: string, texts: Readonly<Record<string, string>>): Operation {
  return { op: "add_element", element: { id, type, title: id, ...texts } };
}

/** All in sight at once: what is not is not drawn. */
function inGrid(operation: Operation, index: number): Operation {
  if (operation.op !== "add_element") return operation;
  const place = { x: (index % 8) * 150, y: Math.floor(index / 8) * 150, width: 140, height: 140, ownSize: true };
  return { op: "add_element", element: { ...operation.element, ...place } };
}

async function showComments(page: Page): Promise<void> {
  await page.getByTestId("comments-toggle").click();
  await page.getByTestId("comment-c_1").locator(".markdown:not(.markdown-plain)").first().waitFor();
}

/** A plan of all this; what no operation may say is written into its file by hand. */
async function stageHostile(): Promise<StagedPlan> {
  const plan = await stageElements(...OPERATIONS);
  const path = plan.file("plan.json");
  const whole = JSON.parse(await Bun.file(path).text()) as { elements: { id: string; content: string }[] };
  for (const one of whole.elements) if (one.id === "el_linked") one.content = `${ELSEWHERE}/image.png`;
  await Bun.write(path, JSON.stringify(whole));
  return plan;
}

const VIEWPORT = { width: 1500, height: 1100 };

test("a script in a title, a text, a diagram, a label, a comment or an image runs nowhere, with no content policy at all", async () => {
  const plan = await stageHostile();
  const requests: string[] = [];
  const { page } = await openPage("about:blank", { viewport: VIEWPORT, bypassCSP: true });
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(plan.link().toString());
  await page.getByRole("button", { name: "Open the plan" }).click();
  for (const [index] of MERMAID_PAYLOADS.entries())
    await page.getByTestId(`element-el_drawn${index}`).locator("img.diagram, .diagram-error").waitFor();
  await showComments(page);
  const links: readonly string[] = await page.evaluate("[...document.querySelectorAll('a')].map((a) => a.protocol)");
  expect(links.filter((protocol) => !["http:", "https:", "mailto:"].includes(protocol))).toEqual([]);
  expect(requests.filter((url) => url.startsWith(ELSEWHERE))).toEqual([]);
  expect(await page.evaluate<number | undefined>("window.ran")).toBeUndefined();
  expect(
    await page.evaluate<number>(
      "document.querySelectorAll('iframe:not([sandbox=allow-scripts]), object, embed, .card script').length",
    ),
  ).toBe(0);
  const frames = page.frames().filter((frame) => frame.parentFrame() !== null);
  expect(frames).toHaveLength(1);
  for (const frame of frames) expect(await frame.evaluate<string>("`${window.ran} ${origin}`")).toBe("undefined null");
  // The same payloads, unsanitised: this page would notice.
  await page.evaluate(`document.body.insertAdjacentHTML("beforeend", ${JSON.stringify(HTML_PAYLOADS[1])})`);
  await page.waitForFunction("window.ran > 0");
}, 60_000);

test("the content policy has nothing to refuse: what it forbids never gets that far", async () => {
  // Mermaid parses labels in a document where nothing runs, and Chromium counts the handlers in them all the same.
  const plan = await stageElements(...OPERATIONS.filter((operation) => !isDiagram(operation)));
  const { page } = await openPage("about:blank", { viewport: VIEWPORT });
  await page.addInitScript(
    "window.refused = []; addEventListener('securitypolicyviolation', (e) => window.refused.push(e.violatedDirective + ' ' + e.blockedURI))",
  );
  await page.goto(plan.link().toString());
  await page.getByRole("button", { name: "Open the plan" }).click();
  await page.getByTestId("element-el_strange").waitFor();
  await showComments(page);
  expect(await page.evaluate<string[]>("window.refused")).toEqual([]);
}, 60_000);

function isDiagram(operation: Operation): boolean {
  return operation.op === "add_element" && operation.element.type === "diagram";
}
