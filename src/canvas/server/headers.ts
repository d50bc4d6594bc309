import type { MiddlewareHandler } from "hono";

/** Scripts come from the page's own files; styles may be inline, since React Flow and Mermaid write them into elements. */
const contentPolicy = (formAction: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
  ].join("; ");

/** Of a page whose form is sent here: without a referrer the browser would not say where the form comes from. */
export const FORM_HEADERS = {
  "Content-Security-Policy": contentPolicy("'self'"),
  "Referrer-Policy": "same-origin",
} as const;

/** Of the frame in which diagrams are drawn: its one script runs, and can reach nothing. */
export const DRAWING_HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'unsafe-inline'",
    "style-src 'unsafe-inline'",
    "img-src data:",
    "sandbox allow-scripts",
    "frame-ancestors 'self'",
  ].join("; "),
} as const;

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": contentPolicy("'none'"),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** On every answer, refusals included. Nothing is kept by the browser unless the answer says so. */
export const withSafeHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!context.res.headers.has(name)) context.res.headers.set(name, value);
  }
  if (!context.res.headers.has("Cache-Control")) context.res.headers.set("Cache-Control", "no-store");
};
