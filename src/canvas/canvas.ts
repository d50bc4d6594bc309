import { join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { Lazy } from "../lib/lazy.ts";
import type { AgentAtWork } from "../plans/plan-store-port.ts";
import { SLUG } from "../plans/plan.ts";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import type { CanvasChanges } from "./canvas-changes.ts";
import type { Act } from "../processes/whose-act.ts";
import type { CanvasPlans } from "./canvas-plans.ts";
import { findBrowser, openBrowser, wayIn } from "./open-browser.ts";
import type { CanvasServer } from "./server/canvas-server.ts";

/** Where the build puts the page: as far from this file as from the built plugin, which it becomes a part of. */
const BUILT_PAGE = join(import.meta.dir, "../../dist/canvas");
/** How long a browser may take to come up with a page before it is asked again. */
const BROWSER_START_MS = 10_000;

export interface CanvasParts {
  readonly plans: CanvasPlans;
  /** Absent where nothing is known of agents. */
  readonly changes?: CanvasChanges | undefined;
  /** `never`: the link is all that there is. */
  readonly openBrowser: "auto" | "never";
  readonly environment: NodeJS.ProcessEnv;
  /** This machine's where absent. */
  readonly platform?: NodeJS.Platform;
  /** Milliseconds since some moment; those of the process where absent. */
  readonly now?: () => number;
  /** Where the built page is; the package's own where absent. */
  readonly assetsFolder?: string;
  /** Whose a request is that opens a plan or decides, by the process that sent it; a person's where absent. */
  readonly whoseAct?: (pid: number | undefined) => Act;
  /** Who works on a plan; absent where nobody knows. */
  readonly agents?: (slug: string) => Promise<readonly AgentAtWork[]>;
  /** Something went wrong that nobody waits to hear. */
  readonly report: (message: string, cause?: unknown) => void;
}

/** What became of showing a plan. */
export interface Opened {
  /**
   * For the user's eyes: whoever has it first is taken for a person. It is good once, for 10 minutes; a browser that
   * has used it goes on with its cookie. The browser that was opened has come in by another way.
   */
  readonly url: string;
  readonly openedBrowser: boolean;
  /** Why no browser was opened, in a sentence. */
  readonly why?: string;
}

/** The pages on which a person looks at plans, and at agents' changes; one server, on 127.0.0.1, from the first use on. */
export interface Canvas {
  /**
   * A link to a plan, by its slug, or to an agent's changes, by its id; and the page opened in a browser where there is one, unless a page shows it already or is about
   * to: a browser was asked for it less than 10 s ago.
   *
   * @throws Error when the name is none, the page is not built, nobody may listen, or the canvas is closed
   */
  open(name: string): Promise<Opened>;
  /** The ports on which its pages are. */
  readonly ports: readonly number[];
  /** Whether a process was started to show one of its pages. */
  isBrowser(pid: number): boolean;
  /** At once, for good: every page loses its connection, and the port is free. */
  close(): void;
}

/** Costs next to nothing: the server and what it needs are loaded by the first {@link Canvas.open}. */
export function createCanvas(parts: CanvasParts): Canvas {
  const server = new Lazy(async () => await startServer(parts));
  const browsers = new PlanBrowsers(parts);
  return {
    async open(slug) {
      if (!SLUG.test(slug) && !INSTANCE_ID.test(slug)) {
        throw new Error(`Expected a plan's slug (${SLUG.source}) or an agent's id, not ${JSON.stringify(slug)}.`);
      }
      const running = server.isClosed ? undefined : await server.get();
      if (server.isClosed || running === undefined) throw new Error("The canvas is closed: opencode is ending.");
      const url = running.link(slug);
      const why = await browsers.show(slug, running);
      return why === undefined ? { url, openedBrowser: true } : { url, openedBrowser: false, why };
    },
    get ports() {
      return server.isClosed || server.current === undefined ? [] : [server.current.port];
    },
    isBrowser: (pid) => browsers.has(pid),
    close: () => server.close(),
  };
}

async function startServer(parts: CanvasParts): Promise<CanvasServer> {
  const { startCanvasServer } = await import("./server/canvas-server.ts");
  const { plans, changes, report, assetsFolder = BUILT_PAGE, whoseAct, agents } = parts;
  return await startCanvasServer({
    ...{ plans, changes, report, assetsFolder },
    ...(whoseAct !== undefined && { whoseAct }),
    ...(agents !== undefined && { agents }),
  });
}

/** The browsers that are asked to show pages: no second one for a page that is shown, or about to be. */
class PlanBrowsers {
  readonly #started = new Set<number>();
  /** When a browser was asked for each plan that no page has shown since. */
  readonly #askedAt = new Map<string, number>();

  constructor(private readonly parts: Pick<CanvasParts, "environment" | "platform" | "openBrowser" | "now">) {}

  has(pid: number): boolean {
    return this.#started.has(pid);
  }

  /** @returns why it was not opened */
  async show(slug: string, server: CanvasServer): Promise<string | undefined> {
    if (server.viewers(slug) > 0) {
      this.#askedAt.delete(slug);
      return "A browser shows it already.";
    }
    const { environment, platform = process.platform, now = () => performance.now() } = this.parts;
    if (this.parts.openBrowser === "never") return 'The option planOpenBrowser is "never".';
    const browser = findBrowser(environment, platform);
    if (browser.kind === "none") return browser.why;
    const isAsked = now() - (this.#askedAt.get(slug) ?? -Infinity) < BROWSER_START_MS;
    if (isAsked) return "It was opened in a browser a moment ago.";
    this.#askedAt.set(slug, now());
    try {
      const address = await server.openerAddress(slug, wayIn(browser, environment, platform));
      const pid = await openBrowser(browser, address);
      if (pid !== undefined) this.#started.add(pid);
      return undefined;
    } catch (error) {
      this.#askedAt.delete(slug);
      return `The browser could not be started: ${describeError(error)}`;
    }
  }
}
