import type { Locator, Page } from "playwright-core";
import type { Operation } from "../../../src/plans/operations.ts";
import type { PlanElement } from "../../../src/plans/plan.ts";
import type { WatchedOptions } from "../watched-page.ts";
import { openPage, stageElements, StagedPlan } from "../stage.ts";
import { element } from "./sample-plan.ts";

/** A question, a task and a note, the first connected to the second. */
const ELEMENTS: readonly PlanElement[] = [
  element("el_question", { type: "question", title: "Which region?", content: "EU or US", height: 200 }),
  element("el_task", { type: "task", title: "Add a column", content: "In `schema.sql`", x: 420 }),
  element("el_note", { type: "note", title: "Remember", content: "Tell support", y: 300, height: 140 }),
];
const CONNECTED: Operation = {
  op: "add_connection",
  connection: { id: "conn_1", from: "el_question", to: "el_task", label: "asks" },
};

/** A plan that a page has open. */
export class OpenPlan extends StagedPlan {
  constructor(
    slug: string,
    readonly page: Page,
  ) {
    super(slug);
  }

  element(id: string): Locator {
    return this.page.getByTestId(`element-${id}`);
  }
}

/** Drags with the mouse, from a place on the screen to another one. */
export async function drag(
  { page }: OpenPlan,
  from: { x: number; y: number },
  to: { x: number; y: number },
): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.mouse.up();
}

/** Sends what the person has said and edited, without a decision. */
export async function sendReview(page: Page): Promise<void> {
  await page.getByTestId("finish-review").click();
  await page.getByTestId("choice-commented").click();
  await page.getByTestId("decision-confirm").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** Opens a new plan that waits for a review. */
export async function openPlan(
  options: WatchedOptions & { readonly elements?: readonly PlanElement[] } = {},
): Promise<OpenPlan> {
  const { elements = ELEMENTS, ...contextOptions } = options;
  const added = elements.map((one): Operation => ({ op: "add_element", element: one }));
  const staged = await stageElements(...added, ...(elements === ELEMENTS ? [CONNECTED] : []));
  await staged.review();
  const { page } = await openPage(staged.link(), contextOptions);
  return new OpenPlan(staged.slug, page);
}
