import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { ELEMENTS, largePlan } from "./large-plan.ts";
import { pageClock } from "./page-clock.ts";

const STYLES = "@xyflow/react/dist/style.css";

/** The graph library alone, with the large plan's boxes and connections as plain nodes and edges. */
export class BareGraphPage {
  readonly #folder: string;
  readonly #server: Bun.Server<undefined>;

  private constructor(folder: string, server: Bun.Server<undefined>) {
    this.#folder = folder;
    this.#server = server;
  }

  /** @throws Error with what the bundler has to say */
  static async start(): Promise<BareGraphPage> {
    const folder = await mkdtemp(join(tmpdir(), "bizar-bare-graph-"));
    const { outputs } = await Bun.build({
      entrypoints: [join(import.meta.dir, "programs/bare-graph.ts"), Bun.resolveSync(STYLES, import.meta.dir)],
      outdir: folder,
      naming: "[name].[ext]",
      target: "browser",
      minify: true,
      define: { "process.env.NODE_ENV": '"production"' },
    });
    const names = outputs.map(({ path }) => basename(path));
    const styles = names
      .filter((name) => name.endsWith(".css"))
      .map((name) => `<link rel="stylesheet" href="/${name}">`);
    const scripts = names
      .filter((name) => name.endsWith(".js"))
      .map((name) => `<script type="module" src="/${name}"></script>`);
    const graph = `<script>globalThis.GRAPH = ${JSON.stringify(plainGraph())}</script>`;
    const html = `<!doctype html><link rel="icon" href="data:,">${styles.join("")}<body style="margin:0"><div id="graph" style="height:100vh"></div>${graph}${scripts.join("")}`;
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) => {
        const { pathname } = new URL(url);
        return pathname === "/"
          ? new Response(html, { headers: { "content-type": "text/html" } })
          : new Response(Bun.file(join(folder, basename(pathname))));
      },
    });
    return new BareGraphPage(folder, server);
  }

  /** Opens it in a new browser window, all of it in sight. */
  async open(browser: Browser): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(pageClock(ELEMENTS));
    await page.goto(this.#server.url.href);
    await page.waitForFunction(`document.querySelectorAll(".react-flow__node").length === ${ELEMENTS}`);
    return page;
  }

  async dispose(): Promise<void> {
    await this.#server.stop(true);
    await rm(this.#folder, { recursive: true });
  }
}

function plainGraph() {
  const operations = largePlan();
  return {
    nodes: operations.flatMap((operation) => {
      if (operation.op !== "add_element") return [];
      const { id, title, x = 0, y = 0, width, height } = operation.element;
      return [{ id, position: { x, y }, width, height, data: { label: title } }];
    }),
    edges: operations.flatMap((operation) => {
      if (operation.op !== "add_connection") return [];
      const { id, from, to, label } = operation.connection;
      return [{ id, source: from, target: to, label }];
    }),
  };
}
