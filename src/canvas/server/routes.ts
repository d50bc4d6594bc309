import { Hono, type Context } from "hono";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { exportMarkdown } from "../../plans/export-markdown.ts";
import { SLUG, type Author } from "../../plans/plan.ts";
import { MOST_BODY_BYTES, type EditAnswer, type PlanAnswer } from "../api.ts";
import type { CanvasPlans } from "../canvas-plans.ts";
import type { Access } from "./access.ts";
import { refuse, refuseFor, withoutPaths } from "./answers.ts";
import { withSafeHeaders } from "./headers.ts";
import type { Connection } from "./own-user.ts";
import type { PageFiles } from "./page-files.ts";
import type { PlanStreams } from "./plan-streams.ts";
import { readJson } from "./request-body.ts";
import { onlyOwnOrigin } from "./request-origin.ts";
import { readDecisionRequest, readEditRequest, type Reading } from "./requests.ts";
import { goOnPage, lockedPage, notFoundPage } from "./small-pages.ts";

/** Who looks at a page is a person; an agent has its tools. */
const PERSON: Author = { kind: "person" };

export interface RoutesParts {
  readonly plans: CanvasPlans;
  readonly access: Access;
  readonly streams: PlanStreams;
  readonly page: PageFiles;
  /** Whether a process of this process's user is at the other end. */
  readonly isOwnUser: (connection: Connection) => Promise<boolean>;
  /** Something went wrong that nobody waits to hear. */
  readonly report: (message: string, cause?: unknown) => void;
}

/** What comes with a request. */
interface Env {
  Bindings: Connection;
}

/**
 * All that the canvas's server answers, as `api.ts` lists it: a request, and the connection that it came over, in; a
 * response out.
 */
export function createRoutes(parts: RoutesParts): Hono<Env> {
  const app = new Hono<Env>();
  app.use(withSafeHeaders, onlyListedMethods, onlyOwnOrigin);
  app.onError((error, context) => {
    parts.report("A request of the canvas failed.", error);
    return refuse(context, 500, "Something went wrong in Bizar; opencode's log has it.");
  });
  app.notFound((context) =>
    context.req.path.startsWith("/plan")
      ? context.html(notFoundPage(), 404)
      : refuse(context, 404, "There is nothing here."),
  );
  addPage(app, parts);
  addApi(app, parts);
  return app;
}

const onlyListedMethods = createMiddleware(async (context, next) => {
  const { method, path } = context.req;
  const allowed = /^\/api\/plans\/[^/]+\/(edits|decision)$/.test(path) ? "POST" : "GET";
  if (method === allowed) return await next();
  context.header("Allow", allowed);
  return refuse(context, 405, `Expected ${allowed}.`);
});

function addPage(app: Hono<Env>, { access, page, isOwnUser }: RoutesParts): void {
  app.get("/plan/:slug", async (context) => {
    const slug = context.req.param("slug");
    if (!SLUG.test(slug)) return await context.notFound();
    const cookie = getCookie(context, access.cookieName);
    const { secret, key } = context.req.query();
    if (secret === undefined && key === undefined) {
      return access.allows(slug, cookie) ? context.html(page.html) : context.html(lockedPage(slug, false), 403);
    }
    // A browser that looks ahead is nobody who opened the link.
    const isAhead = context.req.header("sec-purpose")?.includes("prefetch") === true;
    const trade = async () =>
      key === undefined
        ? access.trade(slug, secret ?? "", cookie)
        : await access.tradeKey(slug, key, cookie, async () => await isOwnUser(context.env));
    const setCookie = isAhead ? undefined : await trade();
    if (setCookie !== undefined) context.header("Set-Cookie", setCookie);
    const mayGoOn = setCookie !== undefined || access.allows(slug, cookie);
    return mayGoOn ? context.html(goOnPage(`/plan/${slug}`)) : context.html(lockedPage(slug, true), 403);
  });

  app.get("/assets/:name", async (context) => {
    const asset = await page.asset(context.req.param("name"));
    if (asset === undefined) return await context.notFound();
    // Its name is made from what is in it.
    return context.body(asset.bytes, 200, {
      "Content-Type": asset.type,
      "Cache-Control": "public, max-age=31536000, immutable",
    });
  });
}

function addApi(app: Hono<Env>, { plans, access, streams }: RoutesParts): void {
  app.use("/api/plans/:slug/*", async (context, next) => {
    const slug = context.req.param("slug");
    if (access.allows(slug, getCookie(context, access.cookieName))) return await next();
    return refuse(context, 403, "This page is closed. Run `/plan open <slug>` in opencode for a new link.");
  });

  app.get("/api/plans/:slug", async (context) => {
    const read = await plans.read(context.req.param("slug"));
    return read.ok
      ? context.json<PlanAnswer>(read.value)
      : refuseFor(context, withoutPaths(read.problem, plans.folder));
  });

  app.get("/api/plans/:slug/events", (context) => {
    const body = streams.open(context.req.param("slug"));
    if (body === undefined) return refuse(context, 429, "Too many pages are open. Close some of them.");
    return context.body(body, 200, { "Content-Type": "text/event-stream; charset=utf-8" });
  });

  app.get("/api/plans/:slug/export", async (context) => {
    const slug = context.req.param("slug");
    const read = await plans.read(slug);
    if (!read.ok) return refuseFor(context, withoutPaths(read.problem, plans.folder));
    return context.body(exportMarkdown(read.value), 200, {
      "Content-Type": "text/markdown; charset=utf-8",
      "Content-Disposition": `attachment; filename="${slug}.md"`,
    });
  });

  app.post("/api/plans/:slug/edits", async (context) => {
    const request = await readRequest(context, readEditRequest);
    if (request instanceof Response) return request;
    const result = await plans.edit(context.req.param("slug"), PERSON, request.operations);
    if (result.ok) return context.json<EditAnswer>({ ok: true, stored: result.stored });
    if ("problem" in result) return refuseFor(context, withoutPaths(result.problem, plans.folder));
    return context.json<EditAnswer>({ ok: false, refusal: result.refusal, stored: result.stored }, 409);
  });

  app.post("/api/plans/:slug/decision", async (context) => {
    const request = await readRequest(context, readDecisionRequest);
    if (request instanceof Response) return request;
    const decided = await plans.decide(context.req.param("slug"), request.decision, request.note, request.revision);
    if (!decided.ok) return refuseFor(context, withoutPaths(decided.problem, plans.folder));
    return context.json<PlanAnswer>(decided.value);
  });
}

/** What a POST asks for, or why it is refused. */
async function readRequest<T>(context: Context, read: (body: unknown) => Reading<T>): Promise<T | Response> {
  const body = await readJson(context);
  switch (body.kind) {
    case "other_type":
      return refuse(context, 415, "Expected Content-Type: application/json.");
    case "too_large":
      return refuse(context, 413, `Expected at most ${MOST_BODY_BYTES} bytes.`);
    case "not_json":
      return refuse(context, 400, "Expected JSON.");
    case "json": {
      const reading = read(body.value);
      return reading.ok ? reading.value : refuse(context, 400, reading.error);
    }
  }
}
