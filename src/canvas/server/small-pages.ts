/*
 * The pages that are not the canvas. A plan's slug and an agent's id are letters, digits, `-` and `_` when they get here,
 * and a link has the server's own letters: nothing in them is markup.
 */

/** What a page shows, as the small pages before it call it. */
export interface PageWords {
  /** In a sentence: `the plan`. */
  readonly thing: string;
  readonly about: string;
  /** The command that gives a new link, without the name. */
  readonly command: string;
}

export const PLAN_WORDS: PageWords = {
  thing: "the plan",
  about: "An agent's plan, for you to look at and to decide on.",
  command: "/plan open",
};

export const CHANGES_WORDS: PageWords = {
  thing: "the changes",
  about: "What an agent has changed in its own folder, for you to look at and to decide on.",
  command: "/bizar review",
};

/**
 * Goes on to another address of the same page. Not a redirect: a browser sends no `SameSite=Strict` cookie along a chain of
 * redirects that began at another site.
 */
export function goOnPage(address: string, { thing }: PageWords = PLAN_WORDS): string {
  const next = `<meta http-equiv="refresh" content="0; url=${address}">`;
  return page(`Opening ${thing}`, `<p><a href="${address}">Open ${thing}</a></p>`, next);
}

/**
 * Asks for the click that trades a link: what only fetches it, a tool of an agent or a preview, gets no further. All in
 * it is letters, digits, `-` and `_`.
 */
export function openPage(address: string, name: string, secret: string, { thing, about }: PageWords): string {
  const form = `<form method="post" action="${address}"><input type="hidden" name="secret" value="${secret}">
<button type="submit" autofocus style="font: inherit; padding: 0.6em 1.2em; cursor: pointer">Open ${thing}</button></form>`;
  return page(`Open ${thing}`, `<h1>${name}</h1><p>${about}</p>${form}`);
}

/** @param again whether the browser may have the page's cookie, and could not send it along */
export function lockedPage(address: string, name: string, again: boolean, { thing, command }: PageWords): string {
  const hint = again
    ? `<p>If this browser has had ${thing} open before: <a href="${address}">go on there</a>.</p>`
    : "";
  const text = `<p>This link has been used, or is too old. Run <code>${command} ${name}</code> in opencode for a new one.</p>`;
  return page("This page is closed", `<h1>This page is closed</h1>${text}${hint}`);
}

export function notFoundPage(): string {
  return page(
    "Nothing here",
    "<h1>Nothing here</h1><p><code>/plan list</code> in opencode shows your plans, <code>/bizar</code> the agents.</p>",
  );
}

function page(title: string, body: string, more = ""): string {
  const style = "font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 15vh auto; padding: 0 1rem";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${title}</title>${more}</head>
<body style="${style}"><main>${body}</main></body></html>
`;
}
