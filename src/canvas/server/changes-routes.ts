import type { Hono } from "hono";
import { getCookie } from "hono/cookie";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { TOKEN_HEADER } from "../api.ts";
import type { CanvasChanges, ChangesResult } from "../canvas-changes.ts";
import type { ChangesAnswer, ChangesEvent, DecisionAnswer, PatchAnswer } from "../changes-api.ts";
import { refuse } from "./answers.ts";
import { readChangesDecision, readRound } from "./changes-requests.ts";
import type { ChangesWatch } from "./changes-watch.ts";
import type { PageStreams } from "./page-streams.ts";
import type { Act } from "../../processes/whose-act.ts";
import type { Access } from "./access.ts";
import type { Connection } from "./own-user.ts";
import { readRequest, type Env } from "./read-request.ts";

/** What shows agents' changes. */
export interface ChangesParts {
  readonly changes: CanvasChanges;
  readonly streams: PageStreams<ChangesEvent>;
  readonly watch: Pick<ChangesWatch, "lookNow">;
}

const STATUS: Readonly<Record<Extract<ChangesResult<null>, { ok: false }>["reason"], ContentfulStatusCode>> = {
  gone: 404,
  refused: 409,
  failed: 503,
};

/** What the page of an agent's changes asks for. */
export function addChangesApi(
  app: Hono<Env>,
  { access, whoseAct }: { readonly access: Access; readonly whoseAct: (connection: Connection) => Promise<Act> },
  { changes, streams, watch }: ChangesParts,
): void {
  const base = `${access.path}/api/changes/:id` as const;
  app.use(`${base}/*`, async (context, next) => {
    const cookie = getCookie(context, access.cookieName);
    const isWrite = context.req.method === "POST";
    const isPage = !isWrite || access.isToken(cookie, context.req.header(TOKEN_HEADER));
    if (isPage && access.allows(context.req.param("id"), cookie)) return await next();
    return refuse(context, 403, "This page is closed. Run `/bizar review <id>` in opencode for a new link.");
  });

  app.get(base, async (context) => {
    const id = context.req.param("id");
    const looked = await changes.look(id);
    if (!looked.ok) return refuse(context, STATUS[looked.reason], looked.error);
    return context.json<ChangesAnswer>({ changes: looked.value, round: await changes.readRound(id) });
  });

  app.get(`${base}/events`, (context) => {
    const body = streams.open(context.req.param("id"));
    if (body === undefined) return refuse(context, 429, "Too many pages are open. Close some of them.");
    return context.body(body, 200, { "Content-Type": "text/event-stream; charset=utf-8" });
  });

  app.get(`${base}/patch`, async (context) => {
    const { version = "", path = "" } = context.req.query();
    const patch = await changes.patch(context.req.param("id"), version, path);
    return patch.ok ? context.json<PatchAnswer>(patch.value) : refuse(context, STATUS[patch.reason], patch.error);
  });

  app.post(`${base}/round`, async (context) => {
    const round = await readRequest(context, readRound);
    if (round instanceof Response) return round;
    const written = await changes.writeRound(context.req.param("id"), round);
    return written.ok ? context.json({}) : refuse(context, STATUS[written.reason], written.error);
  });

  app.post(`${base}/decision`, async (context) => {
    const decision = await readRequest(context, readChangesDecision);
    if (decision instanceof Response) return decision;
    const act = await whoseAct(context.env);
    if (act.by !== "person") return refuse(context, 403, `${act.why} Only the user decides on changes.`);
    const id = context.req.param("id");
    const decided = await changes.decide(id, decision);
    watch.lookNow(id);
    return decided.ok
      ? context.json<DecisionAnswer>(decided.value)
      : refuse(context, STATUS[decided.reason], decided.error);
  });

  // From the page of a plan to the changes of an agent that works from it: who may see the one may see the other.
  app.get(`${access.path}/api/plans/:slug/agents`, async (context) =>
    context.json(await changes.ofPlan(context.req.param("slug"))),
  );
  app.post(`${access.path}/api/plans/:slug/agents/:id`, async (context) => {
    const { slug, id } = context.req.param();
    const isOfPlan = (await changes.ofPlan(slug)).some(({ instanceId }) => instanceId === id);
    if (!isOfPlan) return refuse(context, 404, "No such agent works from this plan.");
    const act = await whoseAct(context.env);
    if (act.by !== "person") return refuse(context, 403, `${act.why} Only the user opens an agent's changes.`);
    access.alsoAllow(id, getCookie(context, access.cookieName));
    return context.json({ address: `${access.path}/changes/${id}` });
  });
}
