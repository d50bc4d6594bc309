import type { MiddlewareHandler } from "hono";
import { refuse } from "./answers.ts";

/** A loopback name with any port: the browser's end of a forwarded port is another one than ours. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Refuses what was sent to another name (a page that made its own name point to this machine) and what another site's
 * page sent. The page itself may be linked from anywhere: it shows nothing without its cookie, which is `SameSite=Strict`.
 */
export const onlyOwnOrigin: MiddlewareHandler = async (context, next) => {
  const { req } = context;
  const host = req.header("host") ?? "";
  if (!LOOPBACK_HOST.test(host)) return refuse(context, 421, "Expected a request to 127.0.0.1 or localhost.");
  const isPage = req.method === "GET" && /^\/[\w-]+\/(plan|changes)\//.test(req.path);
  const site = req.header("sec-fetch-site");
  if (!isPage && site !== undefined && site !== "same-origin" && site !== "none") {
    return refuse(context, 403, "Expected a request of the page itself.");
  }
  const origin = req.header("origin");
  const isOwn = origin === `http://${host}` || origin === `https://${host}`;
  if (!isOwn && (origin !== undefined || req.method === "POST")) {
    return refuse(context, 403, "Expected a request of the page itself.");
  }
  await next();
};
