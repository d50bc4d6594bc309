import { expect, test } from "bun:test";
import type { Operation } from "../../../src/plans/operations.ts";
import type { PlanElement } from "../../../src/plans/plan.ts";
import { until } from "../../until.ts";
import { openPage, setStage, stageElements } from "../stage.ts";
import { LARGE } from "./large-plan.ts";

setStage();

const COLUMNS = Array.from({ length: 14 }, (_, index) => `measurement_number_${index}`);
const ROW = `| ${COLUMNS.join(" | ")} |`;

const WIDE: readonly PlanElement[] = [
  { type: "text", title: "Wide", content: [ROW, `|${" --- |".repeat(COLUMNS.length)}`, ROW].join("\n") },
  { type: "mockup", title: "Screen", content: "[ search... ]  ".repeat(14) },
  { type: "code", title: "Line", content: `const all = [${COLUMNS.map((name) => `"${name}"`).join(", ")}];` },
].map((element, index) => ({ id: `el_wide_${index}`, ...element, x: 0, y: 0, width: 300, height: 200 }));

/** What of a card reaches beyond it, or would have to be scrolled: nobody scrolls paper. */
const CUT = `[...document.querySelectorAll(".part-card")].flatMap((card) => {
  const { right } = card.getBoundingClientRect();
  const cut = [...card.querySelectorAll("*")].some((one) => one.getBoundingClientRect().right > right + 1);
  return cut ? [card.ariaLabel] : [];
})`;

test("on paper nothing of a card is cut: wide drawings, tables, mock-ups and code are made to fit", async () => {
  const plan = await stageElements(...LARGE, ...WIDE.map((element): Operation => ({ op: "add_element", element })));
  const { page } = await openPage(plan.link(), { view: "document", viewport: { width: 718, height: 1040 } });
  const drawings = page.locator("img.diagram");
  await until("the drawings are there", async () => (await drawings.count()) >= 2);
  await page.emulateMedia({ media: "print" });
  await page.evaluate(`dispatchEvent(new Event("beforeprint"))`);
  await page.getByTestId("part-el_wide_2").waitFor();
  await until(
    "all is drawn",
    async () =>
      await page.evaluate<boolean>(
        `[...document.querySelectorAll("img.diagram")].every((image) => image.complete && image.naturalWidth > 0)`,
      ),
  );
  expect(await page.evaluate<string[]>(CUT)).toEqual([]);
}, 60_000);
