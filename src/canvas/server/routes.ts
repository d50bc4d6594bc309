import { Hono, type Context } from "hono";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { exportMarkdown } from "../../plans/export-markdown.ts";
import { packHistory } from "../../plans/plan-history.ts";
import type { Author } from "../../plans/plan.ts";
import { TOKEN_HEADER, type EditAnswer, type HistoryAnswer, type PlanAnswer, type PlanEvent } from "../api.ts";
import type { Act } from "../../processes/whose-act.ts";
import type { CanvasPlans } from "../canvas-plans.ts";
import type { Access } from "./access.ts";
import { refuse, refuseFor, withoutPaths } from "./answers.ts";
import { DRAWING_HEADERS, FORM_HEADERS, withSafeHeaders } from "./headers.ts";
import type { Connection } from "./own-user.ts";
import type { PageFiles } from "./page-files.ts";
import { addChangesApi, type ChangesParts } from "./changes-routes.ts";
import { PAGES, type PageKind } from "./page-kinds.ts";
import type { PageStreams } from "./page-streams.ts";
import { readRequest, type Env } from "./read-request.ts";
import { readForm } from "./request-body.ts";
import { onlyOwnOrigin } from "./request-origin.ts";
import { readDecisionRequest, readEditRequest } from "./requests.ts";
import { goOnPage, lockedPage, notFoundPage, openPage } from "./small-pages.ts";

/** Who looks at a page is a person; an agent has its tools. */
const PERSON: Author = { kind: "person", page: true };

export interface RoutesParts {
  readonly plans: CanvasPlans;
  readonly access: Access;
  readonly streams: PageStreams<PlanEvent>;
  /** What shows agents' changes; absent where there are none. */
  readonly review?: ChangesParts | undefined;
  readonly page: PageFiles;
  /** Whether a process of this process's user is at the other end. */
  readonly isOwnUser: (connection: Connection) => Promise<boolean>;
  /** Whose the request of that connection is. */
  readonly whoseAct: (connection: Connection) => Promise<Act>;
  /** Something went wrong that nobody waits to hear. */
  readonly report: (message: string, cause?: unknown) => void;
}

/**
 * All that the canvas's server answers, as `api.ts` lists it: a request, and the connection that it came over, in; a
 * response out.
 */
export function createRoutes(parts: RoutesParts): Hono<Env> {
  const app = new Hono<Env>();
  app.use(withSafeHeaders, onlyListedMethods(parts.access.path), onlyOwnOrigin);
  app.onError((error, context) => {
    parts.report("A request of the canvas failed.", error);
    return refuse(context, 500, "Something went wrong in Bizar; opencode's log has it.");
  });
  app.notFound((context) =>
    PAGES.some(({ segment }) => context.req.path.startsWith(`${parts.access.path}/${segment}`))
      ? context.html(notFoundPage(), 404)
      : refuse(context, 404, "There is nothing here."),
  );
  addAssets(app, parts);
  for (const kind of PAGES) addPage(app, parts, kind);
  addApi(app, parts);
  if (parts.review !== undefined) addChangesApi(app, parts, parts.review);
  else app.get(`${parts.access.path}/api/plans/:slug/agents`, (context) => context.json([]));
  return app;
}

const WRITES = /^\/api\/(plans\/[^/]+\/(edits|decision|agents\/[^/]+)|changes\/[^/]+\/(round|decision))$/;

const onlyListedMethods = (base: string) =>
  createMiddleware(async (context, next) => {
    const { method, path } = context.req;
    const inner = path.startsWith(`${base}/`) ? path.slice(base.length) : "";
    const isWrite = WRITES.test(inner);
    const allowed = isWrite ? ["POST"] : /^\/(plan|changes)\/[^/]+$/.test(inner) ? ["GET", "POST"] : ["GET"];
    if (allowed.includes(method)) return await next();
    context.header("Allow", allowed.join(", "));
    return refuse(context, 405, `Expected ${allowed.join(" or ")}.`);
  });

function addPage(
  app: Hono<Env>,
  { access, page, isOwnUser, whoseAct }: RoutesParts,
  { segment, pattern, words, htmlOf }: PageKind,
): void {
  const route = `${access.path}/${segment}/:slug` as const;
  const addressOf = (slug: string) => `${access.path}/${segment}/${slug}`;
  const goOn = (context: Context<Env>, slug: string, setCookie: string | undefined) => {
    const cookie = getCookie(context, access.cookieName);
    if (setCookie !== undefined) context.header("Set-Cookie", setCookie);
    const mayGoOn = setCookie !== undefined || access.allows(slug, cookie);
    return mayGoOn
      ? context.html(goOnPage(addressOf(slug), words))
      : context.html(lockedPage(addressOf(slug), slug, true, words), 403);
  };

  app.get(route, async (context) => {
    const slug = context.req.param("slug");
    if (!pattern.test(slug)) return await context.notFound();
    const cookie = getCookie(context, access.cookieName);
    const { secret, key, ticket } = context.req.query();
    if (secret !== undefined && key === undefined) {
      if (access.allows(slug, cookie) || !access.isGood(slug, secret)) return goOn(context, slug, undefined);
      return context.html(openPage(addressOf(slug), slug, secret, words), 200, FORM_HEADERS);
    }
    if (key !== undefined || ticket !== undefined) {
      // A browser that looks ahead is nobody who opened the link.
      if (context.req.header("sec-purpose")?.includes("prefetch") === true) return goOn(context, slug, undefined);
      if (key === undefined) return goOn(context, slug, access.tradeTicket(slug, ticket ?? "", cookie));
      const isMeant = async () => (await isOwnUser(context.env)) && (await whoseAct(context.env)).by === "person";
      return goOn(context, slug, await access.tradeKey(slug, key, cookie, isMeant));
    }
    if (cookie === undefined || !access.allows(slug, cookie))
      return context.html(lockedPage(addressOf(slug), slug, false, words), 403);
    const html = htmlOf(page);
    if (html === null) return await context.notFound();
    return context.html(html.replace(EMPTY_TOKEN, `name="bizar-token" content="${access.tokenOf(cookie)}"`));
  });

  app.post(route, async (context) => {
    const slug = context.req.param("slug");
    if (!pattern.test(slug)) return await context.notFound();
    const secret = (await readForm(context))?.get("secret") ?? "";
    const cookie = getCookie(context, access.cookieName);
    if (!access.isGood(slug, secret)) return goOn(context, slug, undefined);
    const act = await whoseAct(context.env);
    if (act.by !== "person") return refuse(context, 403, `${act.why} Only the user opens ${words.thing}.`);
    return goOn(context, slug, access.trade(slug, secret, cookie));
  });
}

/** Where the page holds its token. */
const EMPTY_TOKEN = 'name="bizar-token" content=""';

function addAssets(app: Hono<Env>, { page }: RoutesParts): void {
  app.get("/assets/:name", async (context) => {
    const asset = await page.asset(context.req.param("name"));
    if (asset === undefined) return await context.notFound();
    // Its name is made from what is in it.
    return context.body(asset.bytes, 200, {
      "Content-Type": asset.type,
      "Cache-Control": "public, max-age=31536000, immutable",
      // The only document among them.
      ...(asset.type.startsWith("text/html") ? DRAWING_HEADERS : {}),
    });
  });
}

function addApi(app: Hono<Env>, { plans, access, streams, whoseAct }: RoutesParts): void {
  const base = `${access.path}/api/plans/:slug` as const;
  app.use(`${base}/*`, async (context, next) => {
    const slug = context.req.param("slug");
    const cookie = getCookie(context, access.cookieName);
    const isWrite = context.req.method === "POST";
    const isPage = !isWrite || access.isToken(cookie, context.req.header(TOKEN_HEADER));
    if (isPage && access.allows(slug, cookie)) return await next();
    return refuse(context, 403, "This page is closed. Run `/plan open <slug>` in opencode for a new link.");
  });

  app.get(base, async (context) => {
    const read = await plans.read(context.req.param("slug"));
    return read.ok
      ? context.json<PlanAnswer>(read.value)
      : refuseFor(context, withoutPaths(read.problem, plans.folder));
  });

  app.get(`${base}/history`, async (context) => {
    const read = await plans.history(context.req.param("slug"));
    return read.ok
      ? context.json<HistoryAnswer>(packHistory(read.value))
      : refuseFor(context, withoutPaths(read.problem, plans.folder));
  });

  app.get(`${base}/events`, (context) => {
    const body = streams.open(context.req.param("slug"));
    if (body === undefined) return refuse(context, 429, "Too many pages are open. Close some of them.");
    return context.body(body, 200, { "Content-Type": "text/event-stream; charset=utf-8" });
  });

  app.get(`${base}/export`, async (context) => {
    const slug = context.req.param("slug");
    const read = await plans.read(slug);
    if (!read.ok) return refuseFor(context, withoutPaths(read.problem, plans.folder));
    return context.body(exportMarkdown(read.value), 200, {
      "Content-Type": "text/markdown; charset=utf-8",
      "Content-Disposition": `attachment; filename="${slug}.md"`,
    });
  });

  app.post(`${base}/edits`, async (context) => {
    const request = await readRequest(context, readEditRequest);
    if (request instanceof Response) return request;
    const result = await plans.edit(context.req.param("slug"), PERSON, request.operations);
    if (result.ok) return context.json<EditAnswer>({ ok: true, stored: result.stored });
    if ("problem" in result) return refuseFor(context, withoutPaths(result.problem, plans.folder));
    return context.json<EditAnswer>({ ok: false, refusal: result.refusal, stored: result.stored }, 409);
  });

  app.post(`${base}/decision`, async (context) => {
    const request = await readRequest(context, readDecisionRequest);
    if (request instanceof Response) return request;
    const act = await whoseAct(context.env);
    if (act.by !== "person") return refuse(context, 403, `${act.why} Only the user decides on a plan.`);
    const { revision, ...round } = request;
    const finished = await plans.finishReview(context.req.param("slug"), round, revision);
    if (!finished.ok) return refuseFor(context, withoutPaths(finished.problem, plans.folder));
    return context.json<PlanAnswer>(finished.value);
  });
}
