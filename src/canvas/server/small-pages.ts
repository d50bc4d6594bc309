/*
 * The pages that are not the canvas. A slug is letters, digits and `-` when it gets here, and a link has the server's
 * own letters: nothing in them is markup.
 */

/**
 * Goes on to another address of the plan. Not a redirect: a browser sends no `SameSite=Strict` cookie along a chain of
 * redirects that began at another site.
 */
export function goOnPage(address: string): string {
  const next = `<meta http-equiv="refresh" content="0; url=${address}">`;
  return page("Opening the plan", `<p><a href="${address}">Open the plan</a></p>`, next);
}

/**
 * Asks for the click that trades a link: what only fetches it, a tool of an agent or a preview, gets no further. All in
 * it is letters, digits, `-` and `_`.
 */
export function openPage(address: string, slug: string, secret: string): string {
  const form = `<form method="post" action="${address}"><input type="hidden" name="secret" value="${secret}">
<button type="submit" autofocus style="font: inherit; padding: 0.6em 1.2em; cursor: pointer">Open the plan</button></form>`;
  return page("Open the plan", `<h1>${slug}</h1><p>An agent's plan, for you to look at and to decide on.</p>${form}`);
}

/** @param again whether the browser may have the plan's cookie, and could not send it along */
export function lockedPage(address: string, slug: string, again: boolean): string {
  const hint = again
    ? `<p>If this browser has had the plan open before: <a href="${address}">go on there</a>.</p>`
    : "";
  const text = `<p>This link has been used, or is too old. Run <code>/plan open ${slug}</code> in opencode for a new one.</p>`;
  return page("This plan is closed", `<h1>This plan is closed</h1>${text}${hint}`);
}

export function notFoundPage(): string {
  return page("Nothing here", "<h1>Nothing here</h1><p><code>/plan list</code> in opencode shows your plans.</p>");
}

function page(title: string, body: string, more = ""): string {
  const style = "font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 15vh auto; padding: 0 1rem";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${title}</title>${more}</head>
<body style="${style}"><main>${body}</main></body></html>
`;
}
