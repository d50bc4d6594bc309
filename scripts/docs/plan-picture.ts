import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { OpenReviews } from "../../src/host/plans/open-reviews.ts";
import { runPlanAction } from "../../src/host/tools/plan-action-run.ts";
import { runPlanWait } from "../../src/host/tools/plan-wait-run.ts";
import { UnreadMessages } from "../../src/host/unread-messages.ts";
import { startPlans } from "../../src/host/plans/start-plans.ts";
import { buildCanvas } from "../build/build-canvas.ts";
import { launchBrowser } from "../scripted-browser/launch-browser.ts";
import { servePlans } from "../scripted-browser/serve-plans.ts";
import { ROOT } from "../scripted-host/sandbox.ts";

const SLUG = "api-keys";
const SESSION = "ses_picture";
const SIZE = { width: 1280, height: 720 };

/** What an agent draws for the picture. */
const DRAWING = {
  action: "draw" as const,
  planSlug: SLUG,
  planTitle: "API keys for the CLI",
  elements: [
    {
      name: "goal",
      type: "note",
      title: "Goal",
      content: "Log in once with `login --key`, and **no password** on the disk any more.",
    },
    {
      name: "store",
      type: "task",
      title: "Keep the key in the system's keyring",
      content: "A file of mode 0600 where there is none.",
      done: true,
    },
    {
      name: "flow",
      type: "diagram",
      title: "How a request is signed",
      content: "sequenceDiagram\n  CLI->>Keyring: get key\n  CLI->>API: request, signed\n  API-->>CLI: 200, or 401",
    },
    {
      name: "old",
      type: "question",
      title: "What becomes of old tokens?",
      content: "Refuse them at once, or for 30 days?",
    },
    { name: "tests", type: "task", title: "Tests against a fake API", content: "Wrong key, expired key, no keyring." },
    {
      name: "way",
      type: "decision",
      title: "HMAC, no session",
      content: "Nothing to renew, and a key can be withdrawn.",
    },
  ],
  connections: ["goal>store", "goal>way", "way>flow", "store>tests", "flow>tests", "goal>old asks"],
};

/** A plan that waits for the user, as the page shows it: a JPEG. */
export async function planPicture(): Promise<Uint8Array> {
  await buildCanvas(ROOT);
  const folder = await mkdtemp(join(tmpdir(), "bizar-picture-"));
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
  const server = await servePlans(side.plans.folder);
  const browser = await launchBrowser();
  const over = new AbortController();
  try {
    const drawn = await runPlanAction(async () => side, DRAWING, { agent: "odin", sessionID: SESSION });
    if (!JSON.stringify(drawn).includes(String.raw`\"ok\":true`))
      throw new Error(`Not drawn: ${JSON.stringify(drawn)}`);
    const wait = { sessionID: SESSION, abort: over.signal };
    void runPlanWait(async () => side, { planSlug: SLUG }, wait);
    return await shot(browser, server.link(SLUG));
  } finally {
    over.abort();
    await browser.close();
    server.close();
    side.close();
    await rm(folder, { recursive: true });
  }
}

async function shot(browser: Browser, link: string): Promise<Uint8Array> {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: "light", reducedMotion: "reduce" });
  await page.goto(link);
  await page.getByRole("button", { name: "Open the plan" }).click();
  await page.getByText("The agent waits for you").waitFor();
  await page.locator("img.diagram").waitFor();
  return await page.screenshot({ type: "jpeg", quality: 82 });
}
