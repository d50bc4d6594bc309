import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { NewestMap } from "../../lib/newest-map.ts";

/** A printed link stands where every program of the user may find it later. */
const SECRET_LIFE_MS = 10 * 60_000;
/** How long a program may take to open an address that was put among its arguments. */
export const OPENING_LIFE_MS = 60_000;
const TOKEN_BYTES = 32;
const PATH_BYTES = 16;
/** Links, and browsers, that are remembered; the oldest go first. */
const MOST_REMEMBERED = 100;
/**
 * Longer than a host runs, and an end to it: a browser sends the cookies of every port of 127.0.0.1 along, those of
 * servers that are long gone included.
 */
const COOKIE_LIFE_S = 7 * 86_400;

interface Link {
  readonly slug: string;
  readonly expiresAt: number;
  /** Called when it was traded. */
  readonly used?: (() => void) | undefined;
}

/**
 * Who may see which plan, by its slug, or whose changes, by the agent's id. A link carries a secret that is good for one use; it is traded, by a click, for a cookie that
 * opens this plan and no other. A ticket is traded by whoever comes with it: it stands in a file of the user alone. An
 * address that others can read carries a key instead: a secret that serves its own user only. All of them are kept and
 * looked up as digests, so that the time it takes says nothing of them.
 *
 * The cookie is sent to whatever listens on 127.0.0.1 and knows the path, so it alone changes nothing: a write takes the
 * page's token as well.
 */
export class Access {
  /** A server's own: cookies are shared by all ports of a host name. */
  readonly cookieName = `bizar_canvas_${randomBytes(6).toString("hex")}`;
  /** Below which all of this server's pages are. */
  readonly path = `/${newToken(PATH_BYTES)}`;
  readonly #links = new NewestMap<Link>(MOST_REMEMBERED);
  readonly #tickets = new NewestMap<Link>(MOST_REMEMBERED);
  readonly #keys = new NewestMap<Link>(MOST_REMEMBERED);
  readonly #visitors = new NewestMap<Set<string>>(MOST_REMEMBERED);
  readonly #tokenKey = randomBytes(TOKEN_BYTES);
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The secret of a new link to the plan. */
  newSecret(slug: string): string {
    return addTo(this.#links, { slug, expiresAt: this.#now() + SECRET_LIFE_MS });
  }

  /**
   * A ticket to the plan, good for {@link OPENING_LIFE_MS}.
   *
   * @param used called when it was traded
   */
  newTicket(slug: string, used: () => void): string {
    return addTo(this.#tickets, { slug, expiresAt: this.#now() + OPENING_LIFE_MS, used });
  }

  /** Whether {@link trade} would take the secret now. */
  isGood(slug: string, secret: string): boolean {
    return this.#find(this.#links, slug, secret) !== undefined;
  }

  /** A key to the plan, good for {@link tradeKey}, once, for a minute. */
  newKey(slug: string): string {
    return addTo(this.#keys, { slug, expiresAt: this.#now() + OPENING_LIFE_MS });
  }

  /**
   * Trades a secret for a cookie. A browser that has one of this server keeps it, and it opens this plan as well.
   *
   * @param cookie the cookie's value that came with the secret
   * @returns the `Set-Cookie` header; `undefined` when the secret is used, too old, of another plan or none at all
   */
  trade(slug: string, secret: string, cookie: string | undefined): string | undefined {
    return this.#use(this.#links, slug, secret) ? this.#admit(slug, cookie) : undefined;
  }

  /** As {@link trade}, for a ticket. */
  tradeTicket(slug: string, ticket: string, cookie: string | undefined): string | undefined {
    return this.#use(this.#tickets, slug, ticket) ? this.#admit(slug, cookie) : undefined;
  }

  /**
   * As {@link trade}, for a key. Another user's try leaves it as good as it was.
   *
   * @param isOwnUser whether a process of this process's user sent it; asked only for a key that is good
   */
  async tradeKey(
    slug: string,
    key: string,
    cookie: string | undefined,
    isOwnUser: () => Promise<boolean>,
  ): Promise<string | undefined> {
    if (this.#find(this.#keys, slug, key) === undefined || !(await isOwnUser())) return undefined;
    return this.#use(this.#keys, slug, key) ? this.#admit(slug, cookie) : undefined;
  }

  /** A browser that may see one page may see this one as well. */
  alsoAllow(name: string, cookie: string | undefined): void {
    if (cookie !== undefined) this.#visitors.get(digestOf(cookie))?.add(name);
  }

  /** Whether a cookie's value opens the plan. */
  allows(slug: string, cookie: string | undefined): boolean {
    return cookie !== undefined && this.#visitors.get(digestOf(cookie))?.has(slug) === true;
  }

  /** What the page of a visitor sends with every write. */
  tokenOf(cookie: string): string {
    return createHmac("sha256", this.#tokenKey).update(cookie).digest("base64url");
  }

  /** Whether a token is that of the page that the cookie's browser was given. */
  isToken(cookie: string | undefined, token: string | undefined): boolean {
    if (cookie === undefined || token === undefined) return false;
    const [given, own] = [Buffer.from(digestOf(token)), Buffer.from(digestOf(this.tokenOf(cookie)))];
    return timingSafeEqual(given, own);
  }

  #find(links: ReadonlyMap<string, Link>, slug: string, token: string): Link | undefined {
    const link = links.get(digestOf(token));
    return link?.slug === slug && link.expiresAt >= this.#now() ? link : undefined;
  }

  /** @returns whether it was good, which it is no more */
  #use(links: Map<string, Link>, slug: string, token: string): boolean {
    const link = this.#find(links, slug, token);
    if (link === undefined) return false;
    links.delete(digestOf(token));
    link.used?.();
    return true;
  }

  /** @returns the `Set-Cookie` header of a browser that may see the plan */
  #admit(slug: string, cookie: string | undefined): string {
    const known = cookie !== undefined && this.#visitors.has(digestOf(cookie)) ? cookie : undefined;
    const value = known ?? newToken();
    const slugs = this.#visitors.get(digestOf(value)) ?? new Set();
    this.#visitors.set(digestOf(value), slugs.add(slug));
    return `${this.cookieName}=${value}; Path=${this.path}/; Max-Age=${COOKIE_LIFE_S}; HttpOnly; SameSite=Strict`;
  }
}

/** @returns the link's new token */
function addTo(links: Map<string, Link>, link: Link): string {
  const token = newToken();
  links.set(digestOf(token), link);
  return token;
}

function newToken(bytes = TOKEN_BYTES): string {
  return randomBytes(bytes).toString("base64url");
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
