import { afterAll, beforeAll, expect } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { buildCanvas, CANVAS_TARGET } from "../../../scripts/build/build-canvas.ts";
import { launchBrowser } from "../../../scripts/scripted-browser/launch-browser.ts";
import { startCanvasServer, type CanvasServer } from "../../../src/canvas/server/canvas-server.ts";
import { systemClock } from "../../../src/host/system-clock.ts";
import { createPlans } from "../../../src/plans/file-plans.ts";
import type { Operation } from "../../../src/plans/operations.ts";
import type { Plan, PlanElement } from "../../../src/plans/plan.ts";
import type { Plans, StoredPlan } from "../../../src/plans/plan-store-port.ts";
import { until } from "../../until.ts";
import { openWatched } from "../watched-page.ts";
import { element } from "./sample-plan.ts";

const ROOT = join(import.meta.dir, "../../..");
export const AGENT = { kind: "agent", name: "odin" } as const;

let folder: string;
let plans: Plans;
let server: CanvasServer;
let browser: Browser;
let count = 0;

/** The built page, the real server over plans on disk, and a browser, for the tests of a file. */
export function startPages(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bizar-page-"));
    await buildCanvas(ROOT);
    plans = createPlans({ folder: join(folder, "plans"), clock: systemClock });
    server = await startCanvasServer({ plans, assetsFolder: join(ROOT, CANVAS_TARGET), report: fail });
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    server.close();
    await rm(folder, { recursive: true });
  });
}

function fail(message: string): void {
  expect.unreachable(message);
}

/** A question, a task and a note, the first connected to the second. */
const ELEMENTS: readonly PlanElement[] = [
  element("el_question", { type: "question", title: "Which region?", content: "EU or US", height: 200 }),
  element("el_task", { type: "task", title: "Add a column", content: "In `schema.sql`", x: 420 }),
  element("el_note", { type: "note", title: "Remember", content: "Tell support", y: 300, height: 140 }),
];

/** A plan that a page has open. */
export class OpenPage {
  constructor(
    readonly page: Page,
    readonly slug: string,
  ) {}

  async stored(): Promise<StoredPlan> {
    const read = await plans.read(this.slug);
    return read.ok ? read.value : expect.unreachable(read.problem.message);
  }

  /** Waits for the plan on disk. */
  async until(what: string, holds: (plan: Plan) => boolean): Promise<void> {
    await until(what, async () => holds((await this.stored()).plan));
  }

  /** Does what an agent does, past the page. */
  async agent(...operations: readonly Operation[]): Promise<void> {
    const edited = await plans.edit(this.slug, AGENT, operations);
    if (!edited.ok) expect.unreachable(JSON.stringify(edited));
  }

  element(id: string) {
    return this.page.getByTestId(`element-${id}`);
  }
}

/** Opens a new plan in a browser of its own, which must have nothing to complain of at the end. */
export async function openPage(options: BrowserContextOptions & { readonly elements?: readonly PlanElement[] } = {}) {
  const { elements = ELEMENTS, ...contextOptions } = options;
  count += 1;
  const slug = `plan-${count}`;
  await plans.create(slug, "blank", "A plan");
  const blank = await plans.read(slug);
  const gone = (blank.ok ? blank.value.plan.elements : []).map(({ id }): Operation => ({ op: "delete_element", id }));
  const added = elements.map((one): Operation => ({ op: "add_element", element: one }));
  const connected = elements === ELEMENTS ? [CONNECTED] : [];
  await plans.edit(slug, AGENT, [...gone, ...added, ...connected]);
  await plans.openReview(slug, { sessionId: "ses_1" });

  const { page } = await openWatched(browser, server.link(slug), contextOptions);
  return new OpenPage(page, slug);
}

const CONNECTED: Operation = {
  op: "add_connection",
  connection: { id: "conn_1", from: "el_question", to: "el_task", label: "asks" },
};
