import { TOKEN_HEADER } from "../../../src/canvas/api.ts";
import type { Act } from "../../../src/processes/whose-act.ts";
import { Access } from "../../../src/canvas/server/access.ts";
import type { PlanEvent } from "../../../src/canvas/api.ts";
import type { Asset } from "../../../src/canvas/server/page-files.ts";
import { PageStreams, watchAgents, type Every, watchPlans } from "../../../src/canvas/server/page-streams.ts";
import type { Connection } from "../../../src/canvas/server/own-user.ts";
import { createRoutes, type RoutesParts } from "../../../src/canvas/server/routes.ts";
import { segmentOf } from "../../../src/canvas/server/page-kinds.ts";
import type { AgentAtWork } from "../../../src/plans/plan-store-port.ts";
import { MemoryPlans } from "../memory-plans.ts";

/** A request as a browser sends it: headers and, where there is a body, JSON. */
export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream<Uint8Array>;
}

export const HOST = "127.0.0.1:4100";
export const CONNECTION: Connection = { clientAddress: "127.0.0.1", clientPort: 50_000, serverPort: 4100 };
export const HTML = '<!doctype html><title>the page</title><meta name="bizar-token" content="">';

const ASSETS: Readonly<Record<string, Asset>> = {
  "main-abc.js": { type: "text/javascript; charset=utf-8", bytes: new TextEncoder().encode("run()") },
  "drawing-abc.html": { type: "text/html; charset=utf-8", bytes: new TextEncoder().encode("<title>") },
};

/** The server's routes without a port, over plans `one` and `two`. */
export class RoutesRig {
  readonly plans = new MemoryPlans("one", "two");
  readonly reports: string[] = [];
  /** Who works on the plans. */
  agents: readonly AgentAtWork[] = [];
  readonly beats = new Set<() => void>();
  now = Date.parse("2026-01-01T00:00:00Z");
  readonly access = new Access(() => this.now);
  readonly streams: PageStreams<PlanEvent>;
  /** Whose processes the connections are of, as far as anybody asked. */
  readonly asked: Connection[] = [];
  isOwnUser: () => Promise<boolean> = async () => true;
  /** Whose the requests are. */
  act: Act = { by: "person" };
  readonly #app: ReturnType<typeof createRoutes>;

  /** @param asksForAgents whether it is known who works on the plans */
  constructor(more: Pick<RoutesParts, "review"> = {}, asksForAgents = false) {
    const every: Every = (_intervalMs, beat) => {
      this.beats.add(beat);
      return () => void this.beats.delete(beat);
    };
    const agents = asksForAgents ? watchAgents(async () => this.agents, every) : undefined;
    this.streams = new PageStreams(watchPlans(this.plans), every, agents);
    this.#app = createRoutes({
      ...more,
      plans: this.plans,
      access: this.access,
      streams: this.streams,
      page: {
        html: HTML,
        changesHtml: HTML,
        asset: async (name) => (Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined),
      },
      isOwnUser: async (connection) => {
        this.asked.push(connection);
        return await this.isOwnUser();
      },
      whoseAct: async () => this.act,
      report: (message) => void this.reports.push(message),
    });
  }

  /** As it is sent to the server, on its own name where the headers say nothing else. Paths of plans are below its own. */
  async ask(path: string, { method = "GET", headers = {}, body }: Asking = {}): Promise<Response> {
    const init = { method, headers: { host: HOST, ...headers }, ...(body === undefined ? {} : { body }) };
    const below = /^\/(plan|changes|api)\//.test(path) ? this.access.path : "";
    return await this.#app.fetch(new Request(`http://canvas${below}${path}`, init), CONNECTION);
  }

  /** Uses a new link to the plan; the `Cookie` header of who did. */
  async visit(slug: string, cookie?: string): Promise<string> {
    const response = await this.click(slug, this.access.newSecret(slug), cookie);
    return response.headers.get("set-cookie")?.split(";")[0] ?? "";
  }

  /** Sends the form of a link's page. */
  async click(slug: string, secret: string, cookie = "", headers: Record<string, string> = {}): Promise<Response> {
    const own = { cookie, origin: `http://${HOST}`, "content-type": "application/x-www-form-urlencoded", ...headers };
    return await this.ask(`/${segmentOf(slug)}/${slug}`, { method: "POST", headers: own, body: `secret=${secret}` });
  }

  /** Posts JSON as the page does. */
  async post(path: string, cookie: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const token = this.access.tokenOf(cookie.slice(cookie.indexOf("=") + 1));
    const own = {
      cookie,
      origin: `http://${HOST}`,
      "content-type": "application/json",
      [TOKEN_HEADER]: token,
      ...headers,
    };
    const text = typeof body === "string" || body instanceof ReadableStream ? body : JSON.stringify(body);
    return await this.ask(path, { method: "POST", headers: own, body: text });
  }
}
