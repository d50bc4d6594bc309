import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { CanvasServer } from "../../src/canvas/server/canvas-server.ts";
import { UnreadMessages } from "../../src/host/unread-messages.ts";
import { OpenReviews } from "../../src/host/plans/open-reviews.ts";
import { runPlanAction } from "../../src/host/tools/plan-action-run.ts";
import { runPlanWait } from "../../src/host/tools/plan-wait-run.ts";
import { startPlans, type PlanSide } from "../../src/host/plans/start-plans.ts";
import { DecisionFiles } from "../../src/store/decision-files.ts";
import { buildCanvas } from "../build/build-canvas.ts";
import { servePlans } from "../scripted-browser/serve-plans.ts";
import { launchBrowser } from "../scripted-browser/launch-browser.ts";
import { ROOT } from "../scripted-host/sandbox.ts";
import { ELEMENTS, idOf, largePlan } from "./large-plan.ts";
import { now, pageClock } from "./page-clock.ts";

const SLUG = "large";
const SESSION = "ses_bench";

/** A large plan, the tools' own code over it, and a browser. */
export class PlanPage {
  readonly #folder: string;
  readonly #side: PlanSide;
  readonly #server: CanvasServer;
  readonly #browser: Browser;

  private constructor(folder: string, side: PlanSide, server: CanvasServer, browser: Browser) {
    this.#folder = folder;
    this.#side = side;
    this.#server = server;
    this.#browser = browser;
  }

  static async start(): Promise<PlanPage> {
    await buildCanvas(ROOT);
    const folder = await mkdtemp(join(tmpdir(), "bizar-canvas-"));
    const side = startPlans({
      worktree: folder,
      stateDir: join(folder, "state"),
      openBrowser: "never",
      reviews: new OpenReviews(),
      unread: new UnreadMessages(),
      instanceOf: async () => undefined,
      say: async () => undefined,
      notify: () => undefined,
      report: (message) => void process.stderr.write(`${message}\n`),
    });
    await side.plans.create(SLUG, "blank");
    const blank = { op: "delete_element", id: "el_start" } as const;
    const made = await side.plans.edit(SLUG, { kind: "agent", name: "odin" }, [blank, ...largePlan()]);
    if (!made.ok) throw new Error(`The plan could not be made: ${JSON.stringify(made).slice(0, 500)}`);
    const ledger = new DecisionFiles(join(folder, "state"), side.plans.folder);
    return new PlanPage(folder, side, await servePlans(side.plans.folder, ledger), await launchBrowser());
  }

  /** The one that plans are opened in. */
  get browser(): Browser {
    return this.#browser;
  }

  /** Opens the plan in a new browser window; `paintedMs` until all of its elements are painted. */
  async open(view: "canvas" | "document" = "canvas"): Promise<{ readonly page: Page; readonly paintedMs: number }> {
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(`localStorage.setItem("bizar:view", "${view}")`);
    await page.addInitScript(pageClock(ELEMENTS));
    await page.goto(this.#server.link(SLUG));
    const startedAt = now();
    await page.getByRole("button", { name: "Open the plan" }).click();
    // The link leads on to the page, by another one of the same address.
    await page.getByTestId("plan-title").waitFor();
    return { page, paintedMs: (await page.evaluate<number>("paintedAt")) - startedAt };
  }

  /** Milliseconds from the agent's call to its title on the page. */
  async agentEdit(page: Page, index: number, title: string): Promise<number> {
    const id = idOf(index);
    const shown = page.evaluate<number>(`titleShown(${JSON.stringify(id)}, ${JSON.stringify(title)})`);
    const startedAt = now();
    const args = { action: "update_element" as const, planSlug: SLUG, elementId: id, title };
    await runPlanAction(async () => this.#side, args, { agent: "odin", sessionID: SESSION });
    return (await shown) - startedAt;
  }

  /** Milliseconds from the click that approves to the answer of the tool that waits. */
  async approve(page: Page): Promise<number> {
    const context = { sessionID: SESSION, abort: new AbortController().signal };
    const waiting = runPlanWait(async () => this.#side, { planSlug: SLUG }, context).then((answer) => ({
      answer,
      at: now(),
    }));
    await page.getByText("The agent waits for you").waitFor();
    await page.getByTestId("approve").click();
    await page.getByTestId("decision-confirm").click();
    const { answer, at } = await waiting;
    if (!JSON.stringify(answer).includes("approved")) throw new Error(`No approval: ${JSON.stringify(answer)}`);
    return at - (await page.evaluate<number>("confirmedAt"));
  }

  async dispose(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
    this.#side.close();
    await rm(this.#folder, { recursive: true });
  }
}
