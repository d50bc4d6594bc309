import { afterAll, beforeAll, expect } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { buildCanvas, CANVAS_TARGET } from "../../scripts/build/build-canvas.ts";
import { launchBrowser } from "../../scripts/scripted-browser/launch-browser.ts";
import { startCanvasServer, type CanvasServer } from "../../src/canvas/server/canvas-server.ts";
import { systemClock } from "../../src/lib/system-clock.ts";
import { MemoryLedger } from "../../src/plans/ledger.ts";
import { createPlans } from "../../src/plans/file-plans.ts";
import type { Operation } from "../../src/plans/operations.ts";
import type { Plan } from "../../src/plans/plan.ts";
import type { AgentAtWork, Plans, StoredPlan } from "../../src/plans/plan-store-port.ts";
import { until } from "../until.ts";
import { openWatched, type Watched, type WatchedOptions } from "./watched-page.ts";

const ROOT = join(import.meta.dir, "../..");
export const AGENT = { kind: "agent", name: "thor" } as const;

let folder: string;
/** Launched by the first page that is opened. */
let browser: Promise<Browser> | undefined;
let server: CanvasServer;
/** The store of the page's server. */
let plans: Plans;
/** Another one over the same files, as another process has it: agents work through it. */
let others: Plans;
let count = 0;
let agents: readonly AgentAtWork[] = [];

/** The built page and its server over plans on disk, for the tests of a file. */
export function setStage(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bizar-stage-"));
    await buildCanvas(ROOT);
    const path = join(folder, "plans");
    const ledger = new MemoryLedger();
    plans = createPlans({ folder: path, clock: systemClock, ledger });
    others = createPlans({ folder: path, clock: systemClock, ledger });
    server = await startCanvasServer({
      plans,
      agents: agentsAtWork,
      assetsFolder: join(ROOT, CANVAS_TARGET),
      report: failed,
    });
  }, 60_000);
  afterAll(async () => {
    await (await browser)?.close();
    browser = undefined;
    server.close();
    await rm(folder, { recursive: true });
  });
}

async function agentsAtWork(): Promise<readonly AgentAtWork[]> {
  return agents;
}

function failed(message: string): never {
  return expect.unreachable(message);
}

/** A plan on disk, past every page. */
export class StagedPlan {
  constructor(readonly slug: string) {}

  /** The path of one of its files. */
  file(name: "plan.json" | "meta.json"): string {
    return join(others.folder, this.slug, name);
  }

  /** A new link to it. */
  link(): URL {
    return new URL(server.link(this.slug));
  }

  async stored(): Promise<StoredPlan> {
    const read = await others.read(this.slug);
    return read.ok ? read.value : expect.unreachable(read.problem.message);
  }

  /** Waits for what is on disk. */
  async until(what: string, holds: (plan: Plan) => boolean): Promise<void> {
    await until(what, async () => holds((await this.stored()).plan));
  }

  /** Does what an agent in another process does. */
  async agent(...operations: readonly Operation[]): Promise<void> {
    const edited = await others.edit(this.slug, AGENT, operations);
    if (!edited.ok) expect.unreachable(JSON.stringify(edited));
  }

  async review(sessionId = "ses_1"): Promise<void> {
    await others.openReview(this.slug, { sessionId });
  }

  /** Writes into meta.json past the store. */
  async claim(status: string): Promise<void> {
    const path = this.file("meta.json");
    await Bun.write(path, JSON.stringify({ ...(await Bun.file(path).json()), status }));
  }

  async create(template = "blank", title = "A plan"): Promise<void> {
    const made = await others.create(this.slug, template, title);
    if (!made.ok) expect.unreachable(made.problem.message);
  }

  async delete(): Promise<void> {
    await others.delete(this.slug);
  }
}

/** From now on these agents work on every plan. */
export function setAgentsAtWork(now: readonly AgentAtWork[]): void {
  agents = now;
}

/** What an agent of another process has of the plans. */
export function plansOfAgent(): Plans {
  return others;
}

/** A new plan, from a template. */
export async function stagePlan(template = "blank", title = "A plan"): Promise<StagedPlan> {
  count += 1;
  const staged = new StagedPlan(`plan-${count}`);
  await staged.create(template, title);
  return staged;
}

/** A new plan of these elements and connections alone. */
export async function stageElements(...operations: readonly Operation[]): Promise<StagedPlan> {
  const staged = await stagePlan();
  const { elements } = (await staged.stored()).plan;
  await staged.agent(...elements.map(({ id }): Operation => ({ op: "delete_element", id })), ...operations);
  return staged;
}

/** A page in a browser of its own, which must have nothing to complain of at the end of the test. */
export async function openPage(url: URL | string, options: WatchedOptions = {}): Promise<Watched> {
  browser ??= launchBrowser();
  return await openWatched(await browser, url, options);
}

/** Where the middle of what a selector finds is on the screen. */
export async function middleOf(page: Page, selector: string): Promise<{ readonly x: number; readonly y: number }> {
  const box = await page.locator(selector).boundingBox();
  if (box === null) return expect.unreachable(`${selector} is not there`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
