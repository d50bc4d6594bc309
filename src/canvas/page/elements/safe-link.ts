const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** The address, when it is one that may be opened: absolute, and of the web or of mail. */
export function safeLink(address: unknown): string | null {
  if (typeof address !== "string") return null;
  const url = URL.parse(address);
  return url !== null && ALLOWED.has(url.protocol) ? url.href : null;
}
