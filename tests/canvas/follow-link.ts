/** What a browser has once its user has clicked a link. */
export interface Visitor {
  readonly origin: string;
  readonly port: string;
  /** The address below which all of the server's pages are. */
  readonly root: string;
  readonly cookie: string;
  /** The page's own. */
  readonly token: string;
  /** The headers of a write. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Clicks a link to a plan, as its page has it. */
export async function click(url: string): Promise<Response> {
  const link = new URL(url);
  const body = new URLSearchParams({ secret: link.searchParams.get("secret") ?? "" });
  const address = `${link.origin}${link.pathname}`;
  return await fetch(address, { method: "POST", headers: { origin: link.origin }, body });
}

/** Clicks a link and reads the page. */
export async function followLink(url: string): Promise<Visitor> {
  const { origin, port, pathname } = new URL(url);
  const cookie = (await click(url)).headers.get("set-cookie")?.split(";")[0] ?? "";
  const html = await (await fetch(`${origin}${pathname}`, { headers: { cookie } })).text();
  const token = /name="bizar-token" content="([\w-]+)"/.exec(html)?.[1] ?? "";
  const headers = { cookie, origin, "content-type": "application/json", "x-bizar-token": token };
  return { origin, port, root: `${origin}/${pathname.split("/")[1]}`, cookie, token, headers };
}
