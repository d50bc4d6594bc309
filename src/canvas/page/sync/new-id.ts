/** The kinds of ids that a plan knows, by their prefix. */
export type IdKind = "el" | "conn" | "c" | "r";

/** An id that nobody else chooses. `crypto.randomUUID` is not there on a plain-HTTP address other than loopback. */
export function newId(kind: IdKind): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${kind}_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
