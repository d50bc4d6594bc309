import { createHash, randomBytes } from "node:crypto";
import { NewestMap } from "../../newest-map.ts";

/** A link that nobody has used stays good for a working day: the plan may be looked at after lunch. */
const SECRET_LIFE_MS = 12 * 3_600_000;
/** How long a program may take to open an address that was put among its arguments. */
export const OPENING_LIFE_MS = 60_000;
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
 * Who may see which plan. A link carries a secret that is good for one use; it is traded for a cookie that opens this
 * plan and no other. An address that others can read carries a key instead: a secret that serves its own user only.
 * All of them are kept and looked up as digests, so that the time it takes says nothing of them.
 */
export class Access {
  /** A server's own: cookies are shared by all ports of a host name. */
  readonly cookieName = `bizar_canvas_${randomBytes(6).toString("hex")}`;
  readonly #links = new NewestMap<Link>(MOST_REMEMBERED);
  readonly #keys = new NewestMap<Link>(MOST_REMEMBERED);
  readonly #visitors = new NewestMap<Set<string>>(MOST_REMEMBERED);
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The secret of a new link to the plan.
   *
   * @param used called when it was traded
   */
  newSecret(slug: string, lifeMs = SECRET_LIFE_MS, used?: () => void): string {
    return addTo(this.#links, { slug, expiresAt: this.#now() + lifeMs, used });
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

  /** Whether a cookie's value opens the plan. */
  allows(slug: string, cookie: string | undefined): boolean {
    return cookie !== undefined && this.#visitors.get(digestOf(cookie))?.has(slug) === true;
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
    return `${this.cookieName}=${value}; Path=/; Max-Age=${COOKIE_LIFE_S}; HttpOnly; SameSite=Strict`;
  }
}

/** @returns the link's new token */
function addTo(links: Map<string, Link>, link: Link): string {
  const token = newToken();
  links.set(digestOf(token), link);
  return token;
}

/** 256 bits. */
function newToken(): string {
  return randomBytes(32).toString("base64url");
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
