import { expect, test } from "bun:test";
import type { Operation } from "../../../src/plans/operations.ts";
import type { PlanElement } from "../../../src/plans/plan.ts";
import { until } from "../../until.ts";
import { openPage, setStage, stageElements } from "../stage.ts";
import { LARGE } from "./large-plan.ts";

setStage();

const COLUMNS = Array.from({ length: 14 }, (_, index) => `measurement_number_${index}`);
const ROW = `| ${COLUMNS.join(" | ")} |`;

const LONG = "word_without_an_end".repeat(12);
const WIDE_PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="200"><rect width="3000" height="200"/></svg>`;

const WIDE: readonly PlanElement[] = [
  { type: "text", title: "Wide", content: [ROW, `|${" --- |".repeat(COLUMNS.length)}`, ROW].join("\n") },
  { type: "mockup", title: "Screen", content: "[ search... ]  ".repeat(14) },
  { type: "code", title: "Line", content: `const all = [${COLUMNS.map((name) => `"${name}"`).join(", ")}];` },
  { type: "text", title: LONG, content: `${LONG} and \`${LONG}\`, [a link](https://example.org/${LONG})` },
  {
    type: "text",
    title: "Nested",
    content: `> ${ROW}\n> |${" --- |".repeat(COLUMNS.length)}\n> ${ROW}\n\n- a\n  - b\n\n        ${LONG}`,
  },
  { type: "question", title: "Asked?", content: "", answer: LONG },
  { type: "image", title: "Large", content: `data:image/svg+xml,${encodeURIComponent(WIDE_PICTURE)}` },
].map((element, index) => ({ id: `el_wide_${index}`, ...element, x: 0, y: 0, width: 300, height: 200 }));

/** What of a part reaches beyond it, or would have to be scrolled: nobody scrolls paper. */
const CUT = `[...document.querySelectorAll(".part")].flatMap((part) => {
  const { right } = part.getBoundingClientRect();
  const isCut = (one) => one.getBoundingClientRect().right > right + 1 ||
    (getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1) ||
    (one.matches("textarea, pre, .card-body") && one.scrollHeight > one.clientHeight + 1);
  return [...part.querySelectorAll("*:not(.visually-hidden)")].filter(isCut).map((one) => part.ariaLabel + " " + one.tagName + "." + one.className);
})`;

test.each(["document", "canvas"] as const)(
  "on paper nothing of the plan is cut that was seen as %s: what is wide is made to fit",
  async (view) => {
    const plan = await stageElements(...LARGE, ...WIDE.map((element): Operation => ({ op: "add_element", element })));
    await plan.agent(
      { op: "add_connection", connection: { id: "conn_wide", from: "el_wide_0", to: "el_wide_1", label: LONG } },
      { op: "add_comment", comment: { id: "c_wide", elementId: "el_wide_1", text: `${LONG}\n\n${ROW}` } },
    );
    const { page } = await openPage(plan.link(), { view, viewport: { width: 718, height: 1040 } });
    await page.emulateMedia({ media: "print" });
    await page.evaluate(`dispatchEvent(new Event("beforeprint"))`);
    await page.getByTestId("part-el_wide_6").waitFor();
    const drawings = page.locator(".part img.diagram");
    await until("the drawings are there", async () => (await drawings.count()) >= 2);
    await until(
      "all is drawn",
      async () =>
        await page.evaluate<boolean>(
          `[...document.querySelectorAll("img.diagram")].every((image) => image.complete && image.naturalWidth > 0)`,
        ),
    );
    expect(await page.evaluate<string[]>(CUT)).toEqual([]);
  },
  60_000,
);
