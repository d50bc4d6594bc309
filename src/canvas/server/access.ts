import { createHash, randomBytes } from "node:crypto";

/** A link that nobody has used stays good for a working day: the plan may be looked at after lunch. */
const SECRET_LIFE_MS = 12 * 3_600_000;
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
}

/**
 * Who may see which plan. A link carries a secret that is good for one use; it is traded for a cookie that opens this
 * plan and no other. Secrets and cookies are kept and looked up as digests, so that the time it takes says nothing of them.
 */
export class Access {
  /** A server's own: cookies are shared by all ports of a host name. */
  readonly cookieName = `bizar_canvas_${randomBytes(6).toString("hex")}`;
  readonly #links = new Map<string, Link>();
  readonly #visitors = new Map<string, Set<string>>();
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The secret of a new link to the plan. */
  newSecret(slug: string): string {
    const secret = newToken();
    remember(this.#links, digestOf(secret), { slug, expiresAt: this.#now() + SECRET_LIFE_MS });
    return secret;
  }

  /**
   * Trades a secret for a cookie. A browser that has one of this server keeps it, and it opens this plan as well.
   *
   * @param cookie the cookie's value that came with the secret
   * @returns the `Set-Cookie` header; `undefined` when the secret is used, too old, of another plan or none at all
   */
  trade(slug: string, secret: string, cookie: string | undefined): string | undefined {
    const link = this.#links.get(digestOf(secret));
    if (link === undefined || link.slug !== slug) return undefined;
    this.#links.delete(digestOf(secret));
    if (link.expiresAt < this.#now()) return undefined;
    const known = cookie !== undefined && this.#visitors.has(digestOf(cookie)) ? cookie : undefined;
    const value = known ?? newToken();
    const slugs = this.#visitors.get(digestOf(value)) ?? new Set();
    remember(this.#visitors, digestOf(value), slugs.add(slug));
    return `${this.cookieName}=${value}; Path=/; Max-Age=${COOKIE_LIFE_S}; HttpOnly; SameSite=Strict`;
  }

  /** Whether a cookie's value opens the plan. */
  allows(slug: string, cookie: string | undefined): boolean {
    return cookie !== undefined && this.#visitors.get(digestOf(cookie))?.has(slug) === true;
  }
}

/** 256 bits. */
function newToken(): string {
  return randomBytes(32).toString("base64url");
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}

function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  memory.delete(key);
  memory.set(key, value);
  const oldest = memory.size > MOST_REMEMBERED ? memory.keys().next().value : undefined;
  if (oldest !== undefined) memory.delete(oldest);
}
